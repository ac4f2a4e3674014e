"""`tasador models`: what was trained, what is live, and why."""

import click

from crawler.home import Home


@click.group()
def models() -> None:
    """Show what was trained and what is live."""


@models.command("list")
@click.pass_obj
def list_runs(home: Home) -> None:
    """List the model runs with their holdout figures and verdicts.

    Example: tasador models list
    """
    from flows.summaries.trained import tell_model_runs

    tell_model_runs(home)


@models.command()
@click.argument("model_run", required=False)
@click.pass_obj
def show(home: Home, model_run: str | None) -> None:
    """Show one model run, or each market's champion.

    Example: tasador models show
    """
    from flows.summaries.trained import tell_model_run

    tell_model_run(home, model_run)
