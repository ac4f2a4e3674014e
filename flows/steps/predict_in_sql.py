"""What SQL can ask of a market's champion: the functions appraise, predict_price and appraised of `tasador sql`.

Cars are understood and priced as `tasador appraise` does it; nothing of models is imported before a function is called.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.items import CAR_FIELDS
from warehouse.market import Market

if TYPE_CHECKING:
    from flows.steps.appraise import Appraiser

FUNCTIONS = ("appraise", "appraised", "predict_price")

# What a car is asked with: its own words, and whose prices they are to be.
ASKED = (*CAR_FIELDS, "market", "distance_unit")
ANSWER = {
    **dict.fromkeys(("predicted_price", "lower", "upper", "coverage", "lower_95", "upper_95"), "double"),
    **dict.fromkeys(("currency", "reason"), "varchar"),
}

# Arguments without a name would be taken in this order; the first is none of a car's, and refuses them.
ARGUMENTS = ", ".join(f'"{name}" := null' for name in ("unnamed", *ASKED))
REFUSAL = "each argument must be named, as make := ''Honda''; the names are those of `tasador appraise --help`"
CAR = ", ".join(f'"{name}": "{name}"::varchar' for name in ASKED)
# DuckDB hands a function 2,048 rows at a time, which cost a champion nearly as much as 20,000: so rows are said as few
# long lists. The names within are none that a table of a person's own would have.
ROWS_IN_A_LIST = 50_000
MACROS = f"""
create or replace temp macro appraise({ARGUMENTS}) as
    if(unnamed is null, appraise_said({{{CAR}}}), error('{REFUSAL}'));
create or replace temp macro predict_price({ARGUMENTS}) as
    if(unnamed is null, appraise_said({{{CAR}}}), error('{REFUSAL}')).predicted_price;
create or replace temp macro appraised(rows_of, market := null, distance_unit := null) as table
    select
        unnest(said_rows, max_depth := 2),
        unnest(appraise_rows(in_json, market::varchar, distance_unit::varchar), max_depth := 2)
    from (
        select list(said_row) as said_rows, list(to_json(said_row)::varchar) as in_json
        from (
            select said_row, (row_number() over () - 1) // {ROWS_IN_A_LIST} as said_list
            from query_table(rows_of) as said_row
        )
        group by said_list
        order by said_list
    );
"""


def add_predictions(market: Market, home: Home) -> None:
    """Give the SQL of a session the functions of FUNCTIONS: docs/predict-in-sql.md says what they tell.

    Raises:
        TasadorError: nothing is published yet.
    """
    champions = _Champions(market, home)
    with market.newest() as connection:
        connection.create_function(
            "appraise_said", champions.appraise, [_struct(dict.fromkeys(ASKED, "varchar"))], _struct(ANSWER),
            type="arrow", null_handling="special",
        )  # fmt: skip
        connection.create_function(
            "appraise_rows", champions.appraise_rows, ["varchar[]", "varchar", "varchar"], f"{_struct(ANSWER)}[]",
            type="arrow", null_handling="special",
        )  # fmt: skip
        connection.execute(MACROS)


class _Champions:
    """The champions of the published version that a session looks at, each opened when it is first asked."""

    def __init__(self, market: Market, home: Home) -> None:
        self._market = market
        self._home = home
        self._version: Path | None = None
        self._opened: dict[tuple[str | None, str | None], Appraiser] = {}
        self._last: tuple[Any, Any] | None = None
        self._one_at_a_time = threading.Lock()

    def appraise(self, said: Any) -> Any:
        """Return what is said of cars, an Arrow array of structs ANSWER, for one of structs ASKED.

        Raises:
            TasadorError: there is no champion, it cannot be used, or a package that it needs is not installed.
        """
        with self._asked():
            # a call with constants alone is made five times over while DuckDB plans the query
            if self._last is None or not said.equals(self._last[0]):
                self._last = said, self._predict(said)
            return self._last[1]

    def appraise_rows(self, tables: Any, markets: Any, units: Any) -> Any:
        """Return a list of structs ANSWER for each table, a list of its rows as JSON objects.

        Raises:
            TasadorError: as ``appraise``, or no column's name says a make.
        """
        import polars as pl

        with self._asked():
            asked = zip(tables, markets.to_pylist(), units.to_pylist(), strict=True)
            return pl.Series([self._predict_rows(rows.as_py(), *whose) for rows, *whose in asked]).to_arrow()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Hold back other threads, forget what another version said, and tell what is wrong in one line."""
        with self._one_at_a_time:  # DuckDB asks from several threads, and a champion uses all processors itself
            if self._version != self._market.version:
                self._version, self._last = self._market.version, None
                self._opened.clear()
            try:
                yield
            except ModuleNotFoundError as error:
                raise TasadorError(
                    f"{error.name} is not installed, and predicting needs it: run pip install 'tasador[score]'"
                ) from error
            except TasadorError as error:
                raise TasadorError(str(error)) from error  # one name, for DuckDB tells it before the words

    def _predict(self, said: Any) -> Any:
        import polars as pl

        from flows.steps.appraise import appraise_said

        cars = pl.Series(values=said).struct.unnest().with_row_index("at")
        answers = []
        for (name, unit), part in cars.partition_by("market", "distance_unit", as_dict=True).items():
            appraiser = self._open(name, unit)
            told = appraise_said(appraiser, part.select(CAR_FIELDS))
            answers.append(part.select("at", pl.lit(appraiser.market.currency).alias("currency")).hstack(told))
        return pl.concat(answers).sort("at").select(*ANSWER).to_struct().to_arrow()

    def _predict_rows(self, rows: list[str], name: str | None, unit: str | None) -> Any:
        import polars as pl

        from crawler.tables import recognised_fields
        from flows.steps.appraise import appraise_said

        appraiser = self._open(name, unit)
        columns = list(json.loads(rows[0]))
        words = pl.read_ndjson("\n".join(rows).encode(), schema=dict.fromkeys(columns, pl.String))
        said = recognised_fields(words)
        if "make" not in said.columns:
            raise UsageError(f"no column is recognised as the make, only {', '.join(columns)}: name one make")
        told = appraise_said(appraiser, said.select(name for name in said.columns if name in CAR_FIELDS))
        return told.with_columns(currency=pl.lit(appraiser.market.currency)).select(*ANSWER).to_struct()

    def _open(self, name: str | None, unit: Any) -> "Appraiser":
        from flows.steps.appraise import open_appraiser

        if unit not in (None, "mi", "km"):
            raise UsageError(f"distance_unit must be mi or km, got {unit!r}")
        if (name, unit) not in self._opened:
            self._opened[name, unit] = open_appraiser(self._home, name, None, unit)
        return self._opened[name, unit]


def _struct(fields: dict[str, str]) -> str:
    return f"struct({', '.join(f'{name} {dtype}' for name, dtype in fields.items())})"
