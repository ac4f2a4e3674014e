"""`tasador demo`: the whole chain on the demo market."""

from pathlib import Path

import click

from crawler.home import Home


@click.command()
@click.option("--listings", type=click.Path(path_type=Path), help="Serve this table's cars instead of invented ones.")
@click.option("--size", type=click.IntRange(100), default=1_500, show_default=True, help="Invented cars on day one.")
@click.option("--days", type=click.IntRange(1), help="Simulated days. [default: 3; 1 with --listings]")
@click.pass_obj
def demo(home: Home, listings: Path | None, size: int, days: int | None) -> None:
    """Run the main job on the demo market.

    The demo market is a small web site of our own: crawl, load, train, gate, score, publish.

    Example: tasador demo
    """
    from flows.progress import step
    from flows.steps.demo import DAYS, run_demo
    from flows.summaries.demo import tell_demo

    tell_demo(run_demo(home, step, listings=listings, size=size, days=days or (1 if listings else DAYS)), listings)
