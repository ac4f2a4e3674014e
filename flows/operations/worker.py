"""A process worker that ends without a run being lost: told to stop, it takes no more and waits for those under way."""

import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import anyio
import click
from anyio.abc import TaskStatus
from prefect.client.schemas.objects import FlowRun
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult

SECONDS_BETWEEN_LOOKS = 0.2


class PatientWorker(ProcessWorker):
    """Prefect's process worker, which by itself would end the runs under way when it is told to stop."""

    stopping = False

    @classmethod
    def __dispatch_key__(cls) -> str | None:
        return "patient process"  # the registry of types keeps Prefect's own under `process`

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: TaskStatus[int] | None = None,
    ) -> ProcessWorkerResult:
        """Run a flow where the worker runs, as a command would; Prefect's own is an empty folder."""
        configuration.working_dir = configuration.working_dir or Path.cwd()
        return await super().run(flow_run, configuration, task_status)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Take the runs that are due, or none any more."""
        return [] if self.stopping else await super().get_and_submit_flow_runs()

    async def stop(self) -> None:
        """Take no more runs; return when those under way have ended, one that is just being submitted among them."""
        self.stopping = True
        while self.is_setup and self.limiter.borrowed_tokens:
            await anyio.sleep(SECONDS_BETWEEN_LOOKS)


async def work(pool: str, queues: Sequence[str], limit: int) -> None:
    """Run what is due in a work pool until SIGTERM, and then until what was begun has ended: ``limit`` at once.

    Only what comes by the named ``queues``; all of it where none is named.
    """
    worker = PatientWorker(pool, list(queues), name=f"{socket.gethostname()}-{os.getpid()}", limit=limit)
    with anyio.open_signal_receiver(signal.SIGTERM) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.start)
            await anext(signals)
            await worker.stop()
            tasks.cancel_scope.cancel()


@click.command()
@click.argument("pool")
@click.argument("queues", nargs=-1)
@click.option("--limit", default=8, show_default=True)
def main(pool: str, queues: Sequence[str], limit: int) -> None:
    """Run what is due in a work pool."""
    anyio.run(work, pool, queues, limit)


if __name__ == "__main__":
    main()
