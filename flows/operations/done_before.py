"""What a flow run that died had done by then: begun anew it goes on, and neither crawls nor trains a second time."""

from prefect import get_run_logger
from prefect.context import FlowRunContext

from crawler.home import Home
from crawler.sites import read_lake
from warehouse.connection import connect
from warehouse.ops_runs import Success, load_ops_runs, success_of


def done_before(data: Home, station: str, subject: str) -> Success | None:
    """Return the run of a station that succeeded in the present flow run before it died; None where none did.

    A station that gives the same however often it runs need not ask.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    # without a warehouse nothing is recorded, and nothing was loaded either
    if not (run and run.run_count > 1 and (data.warehouse.exists() or read_lake())):
        return None
    with connect(data) as connection:
        load_ops_runs(connection, data)
        found = success_of(connection, station, subject, str(run.id))
    if found:
        get_run_logger().info("the %s of %s had succeeded before this run was begun anew", station, subject)
    return found
