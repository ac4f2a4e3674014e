"""`tasador alerts`: saved searches that tell of new deals and price drops."""

import click

from crawler.home import Home


@click.group()
def alerts() -> None:
    """Tell of new deals and price drops."""


@alerts.command()
@click.option("--again", is_flag=True, help="Also what may have arrived already.")
@click.pass_obj
def run(home: Home, again: bool) -> None:
    """Tell what is new for the alerts of tasador.toml.

    Each match is told once to each address. What surely failed is tried again, now and by the next run; what may have
    arrived is not.

    Example: tasador alerts run
    """
    from flows.progress import step
    from flows.steps.alerts import require_told, run_alerts
    from flows.summaries.alerts import NO_ALERTS, tell_told

    with step("Sending alerts"):
        told = run_alerts(home, again=again)
    tell_told(told)
    if not told:
        click.echo(NO_ALERTS)
    require_told(told)


@alerts.command("list")
@click.pass_obj
def list_alerts(home: Home) -> None:
    """List the alerts of tasador.toml and what became of their messages.

    Example: tasador alerts list
    """
    from flows.summaries.alerts import tell_alerts

    tell_alerts(home)


@alerts.command()
@click.argument("name")
@click.pass_obj
def test(home: Home, name: str) -> None:
    """Send a test message to an alert's addresses, and count what matches now.

    Nothing is recorded: what is new stays new.

    Example: tasador alerts test cheap_civics
    """
    from crawler.errors import TasadorError
    from flows.steps.alerts import try_alert
    from flows.summaries.alerts import tell_tested

    count, deliveries = try_alert(home, name)
    tell_tested(name, count, deliveries)
    if any(delivery.outcome != "sent" for delivery in deliveries.values()):
        raise TasadorError(f"a test message of {name} was not delivered")
