"""`tasador publish`: the tables as they stand become market.duckdb."""

import click

from crawler.home import Home


@click.command()
@click.pass_obj
def publish(home: Home) -> None:
    """Write market.duckdb from the tables.

    Readers of the version before it are not disturbed.

    Example: tasador publish
    """
    from flows.steps.publish import publish as publish_step

    click.echo(f"Published {publish_step(home)}")
