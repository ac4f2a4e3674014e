"""What runs and what people meet: Prefect flows and the command line; holds no pricing or cleaning logic."""
