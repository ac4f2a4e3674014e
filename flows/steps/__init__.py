"""The plain functions behind the flows and the command line; each runs without a Prefect server."""
