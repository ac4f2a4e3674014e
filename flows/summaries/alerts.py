"""What people are told about alerts: what a run told, what a test gave, and how each stands."""

from collections.abc import Mapping

from crawler.home import Home
from flows.alerting.delivery import Delivery
from flows.show import print_lines, print_table
from flows.steps.alerts import Told, alert_counts

NO_ALERTS = "tasador.toml has no alerts: docs/alerts.md says how to write one"


def tell_told(told: Mapping[str, Told]) -> None:
    """Tell how much was new for each alert, and how many addresses have it."""
    for name, each in told.items():
        sent = f", sent to {each.sent_to} of its addresses" if each.sent_to else ""
        print_lines([f"{name}: {each.new:,} new{sent}"])


def tell_tested(name: str, count: int, deliveries: Mapping[str, Delivery]) -> None:
    """Tell what matches now, and at which addresses the test message arrived."""
    print_lines([f"{name}: listings that match now: {count:,}; a test message to"])
    for address, delivery in deliveries.items():
        print_lines([f"  {address}: {delivery.outcome}" + (f", {delivery.reason}" if delivery.reason else "")])


def tell_alerts(home: Home) -> None:
    """Print the alerts of tasador.toml and what became of their messages."""
    counts = alert_counts(home)
    if counts.is_empty():
        print_lines([NO_ALERTS])
    else:
        print_table(counts, "Alerts")
