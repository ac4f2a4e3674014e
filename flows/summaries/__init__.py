"""What each command tells when it is done: reads the published tables and computes nothing of its own."""
