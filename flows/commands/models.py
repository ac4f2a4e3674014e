"""`tasador models`: what was trained, what is live, and why; and what people change of that by hand."""

import click

from crawler.home import Home


@click.group()
def models() -> None:
    """Show what was trained and what is live, and change it."""


@models.command("list")
@click.pass_obj
def list_runs(home: Home) -> None:
    """List the model runs with their holdout figures and verdicts, and which is live since when.

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


@models.command()
@click.argument("first")
@click.argument("second")
@click.pass_obj
def compare(home: Home, first: str, second: str) -> None:
    """Compare two model runs on held-out cars that are new to both.

    Example: tasador models compare 20260105T120000Z-forest-abc123 20260112T120000Z-ensemble-def456
    """
    from flows.steps import models as steps
    from flows.summaries.compared import tell_compared

    tell_compared(steps.compare(home, first, second))


@models.command()
@click.argument("model_run")
@click.option("--reason", default="", help="Why, for the record.")
@click.pass_obj
def promote(home: Home, model_run: str, reason: str) -> None:
    """Make a model run its market's champion, whatever the gate said.

    Example: tasador models promote 20260105T120000Z-forest-abc123 --reason "the dealer trusts it"
    """
    from flows.steps import models as steps
    from flows.summaries.compared import tell_promoted

    tell_promoted(steps.promote(home, model_run, reason))


@models.command()
@click.option("--market", help="Of this market; where there is only one, it need not be named.")
@click.option("--reason", default="", help="Why, for the record.")
@click.pass_obj
def rollback(home: Home, market: str | None, reason: str) -> None:
    """Make the champion before the present one the champion again.

    Example: tasador models rollback --market us
    """
    from flows.steps import models as steps
    from flows.summaries.compared import tell_promoted

    tell_promoted(steps.rollback(home, market, reason))


@models.command()
@click.argument("model_run")
@click.option("--delete", is_flag=True, help="Delete its folder too; its record stays.")
@click.pass_obj
def retire(home: Home, model_run: str, delete: bool) -> None:
    """Mark a model run as never to be the champion again.

    Example: tasador models retire 20260105T120000Z-forest-abc123
    """
    from flows.steps import models as steps

    folder = steps.retire(home, model_run, delete=delete)
    click.echo(f"{model_run} is retired; {folder} is {'deleted' if delete else 'kept'}.")
