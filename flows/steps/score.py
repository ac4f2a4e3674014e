"""Score: every live listing of a market gets a predicted price and a range from the market's champion."""

from collections.abc import Sequence

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from flows.steps.markets import chosen_markets
from flows.steps.publish import publish
from models.prediction import predict
from models.registry import open_model_run
from warehouse.connection import connect
from warehouse.reading import champion, live_listings
from warehouse.writing import write_predictions


def score(home: Home, markets: Sequence[str] | None = None) -> dict[str, int | None]:
    """Score the named markets, or all, publish, and return how many listings were scored in each market.

    Of all markets, one that has no champion yet is passed over: None.

    Raises:
        UsageError: a market is unknown.
        TasadorError: a named market has no champion yet, or a model run was changed since it was written.
    """
    scores = {market: _score_market(home, market) for market in chosen_markets(home, markets)}
    publish(home)
    for market in markets or ():
        if scores[market] is None:
            raise TasadorError(f"market {market} has no champion yet: run `tasador retrain`")
    return scores


def _score_market(home: Home, market: str) -> int | None:
    with connect(home) as connection:
        model_run_id = champion(connection, market)
        listings = live_listings(connection, market)
    if model_run_id is None:
        return None
    predictions = predict(open_model_run(home.models / market / model_run_id), listings)
    with connect(home) as connection:
        return write_predictions(connection, predictions, model_run_id, now())
