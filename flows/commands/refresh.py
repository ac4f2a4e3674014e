"""`tasador refresh`: what has landed becomes checked, published tables."""

import click

from crawler.home import Home


@click.command()
@click.option("--all", "everything", is_flag=True, help="Understand all history anew, after the parsers changed.")
@click.pass_obj
def refresh(home: Home, everything: bool) -> None:
    """Load, understand, check, publish.

    What has landed becomes checked tables in market.duckdb. A second refresh right after changes no row.

    Example: tasador refresh
    """
    from flows.progress import step
    from flows.steps.refresh import refresh as refresh_step
    from flows.summaries.landed import tell_refresh

    with step("Refreshing"):
        refreshed = refresh_step(home, everything=everything)
    tell_refresh(refreshed)
