"""`tasador up`: server, schedules and worker on this machine, until they are told to stop."""

import sys

import click

from crawler.errors import UsageError
from crawler.home import Home


@click.command()
@click.option("--status", is_flag=True, help="Say what ran last, what runs next and what failed, and end.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the server listens.")
@click.option("--port", default=4200, show_default=True, help="The server's port.")
@click.option("--no-server", is_flag=True, help="A worker only, for the server at PREFECT_API_URL.")
@click.option("--no-worker", is_flag=True, help="The server only; workers run elsewhere.")
@click.option("--queue", "queues", multiple=True, help="Run only what comes by this queue; may be given repeatedly.")
@click.option("--limit", default=8, show_default=True, type=click.IntRange(1), help="How many runs at once.")
@click.option(
    "--grace", default=60.0, show_default=True, metavar="SECONDS", help="How long runs may go on after a stop."
)
@click.pass_obj
def up(
    home: Home,
    /,
    status: bool,
    host: str,
    port: int,
    no_server: bool,
    no_worker: bool,
    queues: tuple[str, ...],
    limit: int,
    grace: float,
) -> None:
    """Run what prefect.yaml schedules, on this machine.

    Starts Prefect's server, registers the deployments, and starts a worker; whichever ends is started again. Ctrl-C or
    SIGTERM stops all: runs under way may end, those that take too long begin anew at the next start.

    Example: tasador up
    """
    from flows.operations.settings import known_api_url, own_api_url, set_environment

    if no_server and no_worker:
        raise UsageError("--no-server and --no-worker must not be given together: nothing would run")
    api_url = known_api_url(home, host, port) if status or no_server else own_api_url(host, port)
    set_environment(home, api_url)

    from flows.operations.registration import connected
    from flows.operations.up import Wanted, keep_running
    from flows.summaries.operations import tell_all, tell_started

    if status:
        with connected(api_url) as client:
            sys.exit(not tell_all(client))
    wanted = Wanted(home, api_url, host, port, not no_server, not no_worker, queues, limit, grace)
    keep_running(wanted, lambda words: click.echo(words, err=True), lambda: tell_started(api_url))
