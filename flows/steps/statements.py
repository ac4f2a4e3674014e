"""What people type at `tasador sql`: SQL statements that end with a semicolon, and commands that begin with a dot."""

from collections.abc import Iterator
from difflib import get_close_matches

import duckdb

from crawler.errors import UsageError

HELP = """
.tables            the tables, their rows, and what one row is
.describe TABLE    a table's columns, their types and what they mean
.help              this
.quit              leave, as Ctrl-D does
Anything else is SQL, as DuckDB knows it, and ends with a semicolon. `copy (select …) to 'mine.csv'` writes a file,
`from 'mine.csv'` reads one; the published tables themselves cannot be changed.
""".strip()

TABLES = """
select table_name, comment from duckdb_tables() where database_name = 'market'
union all
select view_name, comment from duckdb_views() where database_name = 'market' and not internal
order by all
"""

COLUMNS = """
select column_name as "column", data_type as type, comment as meaning
from duckdb_columns()
where database_name = 'market' and table_name = ?
order by column_index
"""


def is_complete(text: str) -> bool:
    """Tell whether what was typed so far can be answered: it is empty, a dot command, or ends with a semicolon."""
    return not text.strip() or is_dot_command(text) or text.rstrip().endswith(";")


def is_dot_command(text: str) -> bool:
    """Tell a dot command from SQL."""
    return text.lstrip().startswith(".")


def statements(text: str) -> Iterator[str]:
    """Take a text apart, at the ends of lines; what is left at its end needs no semicolon."""
    typed = ""
    for line in text.splitlines(keepends=True):
        typed += line
        if is_complete(typed):
            yield from filter(None, [typed.strip()])
            typed = ""
    yield from filter(None, [typed.strip()])


def answers(connection: duckdb.DuckDBPyConnection, statement: str) -> Iterator[duckdb.DuckDBPyRelation]:
    """Run what stands between two ends, and give what it finds; some statements find nothing.

    Raises:
        UsageError: there is no such dot command, or no such table.
    """
    if is_dot_command(statement):
        yield from _dot_command(connection, *statement.rstrip(";").split())
        return
    for part in connection.extract_statements(statement):
        relation = connection.sql(part.query)
        if relation is not None:
            yield relation


def names(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """Return the published tables, and the names of their columns."""
    columns = "select distinct column_name from duckdb_columns() where database_name = 'market' order by all"
    found = connection.execute(TABLES).fetchall(), connection.execute(columns).fetchall()
    return [row[0] for row in found[0]], [row[0] for row in found[1]]


def _dot_command(
    connection: duckdb.DuckDBPyConnection, command: str, *arguments: str
) -> Iterator[duckdb.DuckDBPyRelation]:
    match command, arguments:
        case ".tables", ():
            yield _tables(connection)
        case ".describe", (table,):
            yield _columns(connection, table)
        case ".describe", _:
            raise UsageError(".describe needs the name of one table: .tables lists them")
        case ".help", ():
            yield connection.sql("select unnest(?) as help", params=[HELP.splitlines()])
        case ".quit" | ".exit", ():
            return
        case _:
            raise UsageError(f"{' '.join((command, *arguments))} is no command: .help lists them")


def _tables(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Return the published tables and views, their rows counted."""
    parts = [
        f"""select '{name}' as "table", (select count(*) from market.main.{name}) as rows, """
        f"{_quoted(comment)} as meaning"
        for name, comment in connection.execute(TABLES).fetchall()
    ]
    return connection.sql(" union all ".join(parts))


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> duckdb.DuckDBPyRelation:
    tables, _ = names(connection)
    if table not in tables:
        closest = get_close_matches(table, tables, n=1, cutoff=0.4)
        hint = f"did you mean {closest[0]}?" if closest else ".tables lists what there is"
        raise UsageError(f"there is no table {table}: {hint}")
    return connection.sql(COLUMNS, params=[table])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
