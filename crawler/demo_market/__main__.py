"""Runs the demo market: ``python -m crawler.demo_market --port 8080``; its first line of output says where it is."""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import click

from crawler.demo_market.faults import FAULTS, Faults, read_rates
from crawler.demo_market.market import Market
from crawler.demo_market.server import FIRST_DATE, DemoServer
from crawler.errors import TasadorError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default="a free one",
    help="Port on the loopback interface.",
)
@click.option("--size", type=click.IntRange(1), default=1500, show_default=True, help="Live cars on day 0.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another market.")
@click.option("--day", type=click.IntRange(0), default=0, show_default=True, help="Simulated day to begin with.")
@click.option("--listings", type=click.Path(path_type=Path), help="Serve the rows of this table instead.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND=RATE",
    help=f"Let a share of the pages go wrong, as 500=0.02; repeatable. Kinds: {', '.join(FAULTS)}.",
)
@click.option("--javascript", is_flag=True, help="Show cars only after a script ran.")
@click.option(
    "--first-date", type=click.DateTime(["%Y-%m-%d"]), default=str(FIRST_DATE), help="Date of day 0, for the sitemap."
)
@click.option("--until-stdin-closes", is_flag=True, help="End with the process at the other end of its input.")
def main(
    port: int,
    size: int,
    seed: int,
    day: int,
    listings: Path | None,
    faults: tuple[str, ...],
    javascript: bool,
    first_date: datetime,
    until_stdin_closes: bool,
) -> None:
    """Serve used cars on a small web site of our own."""
    try:
        server = DemoServer(
            Market.from_table(listings) if listings else Market(size, seed),
            day,
            faults=Faults(read_rates(faults), seed),
            needs_javascript=javascript,
            first_date=first_date.date(),
        )
        asyncio.run(_serve(server, port, until_stdin_closes))
    except TasadorError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)


async def _serve(server: DemoServer, port: int, until_stdin_closes: bool) -> None:
    """Serve until a signal to stop, or until standard input ends."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        loop.add_reader(0, _stop_at_end, stop)
    listening = await server.listen(port)
    print(json.dumps({"url": server.base_url}), flush=True)
    await stop.wait()
    listening.close()


def _stop_at_end(stop: asyncio.Event) -> None:
    if not os.read(0, 1024):
        stop.set()


if __name__ == "__main__":
    main()
