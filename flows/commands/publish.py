"""`tasador publish`: the tables as they stand become market.duckdb."""

import click

from crawler.home import Home


@click.command()
@click.option("--anyway", is_flag=True, help="Also where half of what was published last has gone.")
@click.pass_obj
def publish(home: Home, anyway: bool) -> None:
    """Write market.duckdb from the tables.

    Readers of the version before it are not disturbed. Refused where more than half of a site's live listings, or of
    a table's rows, would go from what is published: look first, then decide.

    Example: tasador publish --anyway
    """
    from flows.steps.publish import publish as publish_step

    click.echo(f"Published {publish_step(home, anyway=anyway)}")
