"""Export published tables, or what a query finds in them, as files for other programs and for spreadsheets."""

from pathlib import Path

from crawler.errors import UsageError
from flows.formats import format_of
from flows.steps.query import answer_to_file
from flows.steps.statements import names, require_table, statements
from flows.tables import FORMULA_STARTS, PLAIN_NUMBER
from warehouse.market import Market
from warehouse.quoting import identifier, quoted

# Of a file nobody reads its width.
WIDTH = 120


def export(market: Market, wanted: str, path: Path, *, formulas_as_text: bool = False) -> None:
    """Write one table, or what one query finds, into a file whose name says its format; there only when it is whole.

    Args:
        market: what is published.
        wanted: the name of a table, or a query.
        path: the file.
        formulas_as_text: put an apostrophe before text that a spreadsheet would run as a formula.

    Raises:
        UsageError: there is no such table, it is not one query, or the file cannot hold or be given what it finds.
        TasadorError: nothing is published yet, or DuckDB refuses the query.
    """
    query = _query(market, wanted)
    answer_to_file(market, _harmless(market, query) if formulas_as_text else query, format_of(path), path, width=WIDTH)


def export_all(market: Market, folder: Path, suffix: str, *, formulas_as_text: bool = False) -> list[Path]:
    """Write every published table into a folder, as ``<table><suffix>``, and return the files.

    Raises as ``export`` does.
    """
    with market.newest() as connection:
        tables, _ = names(connection)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made a folder: {error.strerror}") from error
    paths = [folder / f"{table}{suffix}" for table in tables]
    for path in paths:
        export(market, path.stem, path, formulas_as_text=formulas_as_text)
    return paths


def _query(market: Market, wanted: str) -> str:
    found = [statement.rstrip("; \n") for statement in statements(wanted)]
    if len(found) != 1 or found[0].startswith("."):
        raise UsageError(f"TABLE_OR_QUERY must be the name of one table, or one query, got {wanted!r}")
    if not found[0].isidentifier():
        return found[0]
    with market.newest() as connection:
        require_table(connection, found[0])
    return f"from {identifier(found[0])}"


def _harmless(market: Market, query: str) -> str:
    """Return the query with an apostrophe before each text that begins as a formula, plain numbers excepted."""
    with market.newest() as connection:
        relation = connection.sql(query)
        if relation is None:
            raise UsageError(f"the query must find something, got {query!r}")
        columns = [_guarded(name, dtype.id) for name, dtype in zip(relation.columns, relation.types, strict=True)]
    return f"select {', '.join(columns)} from (\n{query}\n)"


def _guarded(name: str, dtype: str) -> str:
    column = identifier(name)
    if dtype != "varchar":
        return column
    is_formula = (
        f"regexp_matches({column}, {quoted(FORMULA_STARTS)}) and not regexp_matches({column}, {quoted(PLAIN_NUMBER)})"
    )
    return f"if({is_formula}, '''' || {column}, {column}) as {column}"
