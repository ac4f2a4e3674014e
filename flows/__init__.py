"""What runs and what people meet: Prefect flows and the command line; holds no pricing or cleaning logic."""

# The packages of Tasador: whose missing modules are defects, and whose log lines are ours.
PACKAGES = ("crawler", "warehouse", "models", "flows")
