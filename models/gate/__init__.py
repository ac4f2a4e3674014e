"""Whether a challenger goes live: checks on cars that neither model run was trained on."""
