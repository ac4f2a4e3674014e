"""`tasador export`: published tables as files."""

from pathlib import Path

import click

from crawler.errors import UsageError
from crawler.home import Home


@click.command()
@click.argument("wanted", metavar="[TABLE_OR_QUERY]", required=False)
@click.option(
    "--output", required=True, metavar="FILE", type=click.Path(path_type=Path), help="This file, or of all this folder."
)
@click.option("--all", "everything", is_flag=True, help="Every published table, each a file in the folder.")
@click.option(
    "--format", "how", type=click.Choice(("parquet", "csv", "xlsx")), default="parquet", show_default=True,
    help="Of the files in the folder; of one file its name says it.",
)  # fmt: skip
@click.option("--formulas-as-text", is_flag=True, help="An apostrophe before text that begins as a formula, for CSV.")
@click.pass_obj
def export(home: Home, wanted: str | None, output: Path, everything: bool, how: str, formulas_as_text: bool) -> None:
    """Export published tables.

    One table, or what one query finds, becomes a file of the format that its name ends with: .csv, .parquet, .xlsx,
    .json, .jsonl or .md. Excel files hold text as text. With --all, every table becomes a file in a folder.

    Example: tasador export predicted_prices --output prices.xlsx
    """
    from flows.progress import step
    from flows.steps.export import export as export_step
    from flows.steps.export import export_all
    from flows.steps.predict_in_sql import add_predictions
    from warehouse.market import Market

    if everything == (wanted is not None):
        raise UsageError("give either the name of a table or a query, or --all")
    with step(f"Exporting to {output}"), Market(home) as market:
        if wanted is None:
            export_all(market, output, f".{how}", formulas_as_text=formulas_as_text)
        else:
            add_predictions(market, home)
            export_step(market, wanted, output, formulas_as_text=formulas_as_text)
