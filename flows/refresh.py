"""The refresh flow: what has landed becomes checked, published tables."""

from prefect import flow, task

from crawler.home import home
from flows.steps.refresh import refresh as refresh_step

refresh_task = task(name="refresh", persist_result=False)(refresh_step)


@flow(name="refresh")
def refresh(everything: bool = False) -> None:
    """Load, understand, rebuild, check, publish; ``everything`` understands all history anew."""
    refresh_task(home(), everything=everything)
