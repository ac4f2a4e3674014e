"""`tasador run`: the whole chain once, as a schedule would run it."""

from contextlib import ExitStack

import click

from crawler.errors import TasadorError
from crawler.home import Home


@click.command()
@click.argument("sites", nargs=-1, required=True)
@click.option("--retrain-after-days", default=7, show_default=True, help="Retrain when the champion is older.")
@click.pass_context
def run(context: click.Context, sites: tuple[str, ...], retrain_after_days: int) -> None:
    """Run the whole chain once.

    Crawl the sites, refresh, retrain if it is due, score, publish, write the reports and send alerts.

    A market is also due when its listings, or what the cars asked that went, are no longer what its champion learned.

    Example: tasador run cars.com
    """
    from flows.alerting.settings import read_alerts
    from flows.commands.alerts import run as send_alerts
    from flows.commands.crawl import crawl
    from flows.commands.refresh import refresh
    from flows.commands.retrain import retrain
    from flows.commands.score import score
    from flows.steps.due import markets_due

    home: Home = context.obj
    for site in sites:
        context.invoke(crawl, site=site)
    context.invoke(refresh)
    due = markets_due(home, retrain_after_days)
    for market, reason in due.items():
        click.echo(f"{market} is to be retrained: {reason}")
    if due:
        context.invoke(retrain, markets=tuple(due))
    with ExitStack() as told:
        # Whether or not every market was scored, what is new is told.
        if read_alerts():
            told.callback(context.invoke, send_alerts)
        told.callback(_write_reports, context)
        context.invoke(score)


def _write_reports(context: click.Context) -> None:
    from flows.commands.report import report

    try:
        context.invoke(report)
    except (TasadorError, ModuleNotFoundError) as error:
        click.echo(f"no report was written: {error}", err=True)
