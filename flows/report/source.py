"""Where the sections of a report get their data: the published tables, and the folder of the model run shown."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import polars as pl

from crawler.errors import TasadorError
from crawler.home import Home
from models.model_runs.registry import ModelRun, open_model_run

CURRENCY = "select any_value(currency) as currency from listings where market = $market"


class Nothing(Exception):
    """Raised where there is nothing to show; its words say why, in one line."""


@dataclass(frozen=True)
class Source:
    """One market's data. ``model_run_id`` is the model run that is shown: the champion's, None where there is none."""

    home: Home
    connection: duckdb.DuckDBPyConnection
    market: str
    model_run_id: str | None

    def read(self, query: str, **values: Any) -> pl.DataFrame:
        """Return the rows that a query finds; it names ``$market`` and the other ``values``.

        Raises:
            Nothing: a table is not there, or nothing was found.
        """
        try:
            found: pl.DataFrame = self.connection.execute(query, {"market": self.market, **values}).pl()
        except duckdb.CatalogException as error:
            raise Nothing("This version of market.duckdb does not have that table yet.") from error
        if found.is_empty():
            raise Nothing("Nothing of the kind is known of this market yet.")
        return found

    @cached_property
    def currency(self) -> str:
        """The currency of the market's prices."""
        return str(self.read(CURRENCY)["currency"].item() or "")

    @cached_property
    def model_run(self) -> ModelRun:
        """The model run that is shown.

        Raises:
            Nothing: there is none, its folder is not on this machine, or it was changed.
        """
        if self.model_run_id is None:
            raise Nothing("No model is live in this market yet: run tasador retrain.")
        try:
            return open_model_run(self.home.models / self.market / self.model_run_id)
        except TasadorError as error:
            raise Nothing(str(error)) from error
