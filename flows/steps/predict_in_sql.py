"""What SQL can ask of a market's champion: the functions appraise and predict_price of `tasador sql`.

Cars are understood and priced as `tasador appraise` does it; nothing of models is imported before a function is called.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.items import CAR_FIELDS
from warehouse.market import Market

if TYPE_CHECKING:
    from flows.steps.appraise import Appraiser

FUNCTIONS = ("appraise", "predict_price")

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
MACROS = f"""
create or replace temp macro appraise({ARGUMENTS}) as
    if(unnamed is null, appraise_said({{{CAR}}}), error('{REFUSAL}'));
create or replace temp macro predict_price({ARGUMENTS}) as
    if(unnamed is null, appraise_said({{{CAR}}}), error('{REFUSAL}')).predicted_price;
"""


def add_predictions(market: Market, home: Home) -> None:
    """Give the SQL of a session the functions appraise and predict_price: docs/predict-in-sql.md says what they tell.

    Raises:
        TasadorError: nothing is published yet.
    """
    with market.newest() as connection:
        connection.create_function(
            "appraise_said", _Champions(market, home).appraise, [_struct(dict.fromkeys(ASKED, "varchar"))],
            _struct(ANSWER), type="arrow", null_handling="special",
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
        with self._one_at_a_time:  # DuckDB asks from several threads, and a champion uses all processors itself
            try:
                return self._answer(said)
            except ModuleNotFoundError as error:
                raise TasadorError(
                    f"{error.name} is not installed, and predicting needs it: run pip install 'tasador[score]'"
                ) from error
            except TasadorError as error:
                raise TasadorError(str(error)) from error  # one name, for DuckDB tells it before the words

    def _answer(self, said: Any) -> Any:
        if self._version != self._market.version:
            self._version, self._last = self._market.version, None
            self._opened.clear()
        # a call with constants alone is made five times over while DuckDB plans the query
        if self._last is None or not said.equals(self._last[0]):
            self._last = said, self._predict(said)
        return self._last[1]

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

    def _open(self, name: str | None, unit: Any) -> "Appraiser":
        from flows.steps.appraise import open_appraiser

        if unit not in (None, "mi", "km"):
            raise UsageError(f"distance_unit must be mi or km, got {unit!r}")
        if (name, unit) not in self._opened:
            self._opened[name, unit] = open_appraiser(self._home, name, None, unit)
        return self._opened[name, unit]


def _struct(fields: dict[str, str]) -> str:
    return f"struct({', '.join(f'{name} {dtype}' for name, dtype in fields.items())})"
