"""`tasador report`: a page about each market."""

import click

from crawler.home import Home


@click.command()
@click.option("--market", "markets", multiple=True, help="Only this market; may be given more than once.")
@click.pass_obj
def report(home: Home, markets: tuple[str, ...]) -> None:
    """Write a page about each market.

    One HTML file per market that opens without a network: what is on offer, best deals, price drops, depreciation,
    price index, how well it is predicted and how the crawls went.

    Example: tasador report --market us
    """
    from flows.progress import step
    from flows.steps.report import report as report_step

    with step("Writing the report"):
        pages = report_step(home, markets or None)
    for page in pages:
        click.echo(page)
