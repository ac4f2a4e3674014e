"""The search for parameters: trials, judged by cross-validation inside the training rows."""
