"""Runs the demo market: ``python -m crawler.demo_market --port 8080``; its first line of output says where it is."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import click

from crawler.demo_market.market import Market
from crawler.demo_market.server import DemoServer
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
@click.option("--until-stdin-closes", is_flag=True, help="End with the process at the other end of its input.")
def main(port: int, size: int, seed: int, day: int, listings: Path | None, until_stdin_closes: bool) -> None:
    """Serve used cars on a small web site of our own."""
    try:
        market = Market.from_table(listings) if listings else Market(size, seed)
        asyncio.run(_serve(DemoServer(market, day), port, until_stdin_closes))
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
