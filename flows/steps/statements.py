"""What people type at `tasador sql`: SQL statements that end with a semicolon, and commands that begin with a dot."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

import duckdb

from crawler.errors import UsageError
from warehouse.quoting import quoted

HELP = """
.tables            the tables, their rows, and what one row is
.describe TABLE    a table's columns, their types and what they mean
.help              this
.quit              leave, as Ctrl-D does
Anything else is SQL, as DuckDB knows it, and ends with a semicolon. `copy (select …) to 'mine.csv'` writes a file,
`from 'mine.csv'` reads one; the published tables themselves cannot be changed.
predict_price(make := 'Honda', model := 'Civic', model_year := 2020, mileage := 41000) is what a car should ask, and
appraise(…) tells its range, currency and reason too.
""".strip()

DOT_COMMANDS = (".tables", ".describe", ".help", ".quit")

BLANK = re.compile(r"^(?:\s|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
DOT_COMMAND = re.compile(r"[^\n]*")
# A semicolon ends one, but not within quotes or a comment; those that are still open go on to the end of the text.
STATEMENT = re.compile(
    r"""
    (?: '(?:[^']|'')*(?:'|\Z) | "(?:[^"]|"")*(?:"|\Z) | (?P<tag>\$\w*\$).*?(?:(?P=tag)|\Z)
      | --[^\n]* | /\*.*?(?:\*/|\Z) | [^;'"$/-]+ | [^;] )*
    (?P<end>;?)
    """,
    re.DOTALL | re.VERBOSE,
)

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
    """Tell whether what was typed so far can be answered: each statement ends with a semicolon or is a dot command."""
    return all(ends for _, ends in _split(text))


def is_dot_command(text: str) -> bool:
    """Tell a dot command from SQL."""
    return text.lstrip().startswith(".")


def statements(text: str) -> Iterator[str]:
    """Take a text apart; its last statement needs no semicolon."""
    return (statement for statement, _ in _split(text))


def find(connection: duckdb.DuckDBPyConnection, statement: str) -> duckdb.DuckDBPyRelation | None:
    """Run a statement and return what it finds, or None where it is of a kind that finds nothing.

    Raises:
        UsageError: there is no such dot command, or no such table.
    """
    if is_dot_command(statement):
        return _dot_command(connection, *statement.rstrip(";").split())
    return connection.sql(statement)


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Give each statement of a text, and whether its end has been typed."""
    while text := BLANK.sub("", text, count=1):
        found = (DOT_COMMAND if is_dot_command(text) else STATEMENT).match(text)
        assert found  # both match anything
        yield found[0].strip(), is_dot_command(text) or found["end"] == ";"
        text = text[found.end() :]


def names(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """Return the published tables, and the names of their columns."""
    columns = "select distinct column_name from duckdb_columns() where database_name = 'market' order by all"
    found = connection.execute(TABLES).fetchall(), connection.execute(columns).fetchall()
    return [row[0] for row in found[0]], [row[0] for row in found[1]]


def _dot_command(
    connection: duckdb.DuckDBPyConnection, command: str, *arguments: str
) -> duckdb.DuckDBPyRelation | None:
    match command, arguments:
        case ".tables", ():
            return _tables(connection)
        case ".describe", (table,):
            return _columns(connection, table)
        case ".describe", _:
            raise UsageError(".describe needs the name of one table: .tables lists them")
        case ".help", ():
            return connection.sql("select unnest(?) as help", params=[HELP.splitlines()])
        case ".quit" | ".exit", ():
            return None
        case _:
            raise UsageError(f"{' '.join((command, *arguments))} is no command: .help lists them")


def _tables(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Return the published tables and views, their rows counted."""
    parts = [
        f"""select '{name}' as "table", (select count(*) from market.main.{name}) as rows, """
        f"{quoted(comment)} as meaning"
        for name, comment in connection.execute(TABLES).fetchall()
    ]
    return connection.sql(" union all ".join(parts))


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> duckdb.DuckDBPyRelation:
    require_table(connection, table)
    return connection.sql(COLUMNS, params=[table])


def require_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make sure that a table is published.

    Raises:
        UsageError: it is not; the message names the closest.
    """
    tables, _ = names(connection)
    if table not in tables:
        closest = get_close_matches(table, tables, n=1, cutoff=0.4)
        hint = f"did you mean {closest[0]}?" if closest else ".tables lists what there is"
        raise UsageError(f"there is no table {table}: {hint}")
