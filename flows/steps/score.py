"""Score: every live listing of a market gets a predicted price and a range from the market's champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from flows.steps.markets import chosen_markets
from flows.steps.publish import publish
from models.model_runs.registry import open_model_run
from models.predict.contributions import largest_reasons
from models.predict.drift import measure_drift, stops, told
from models.predict.novelty import unseen_words
from models.predict.prediction import predict
from models.predict.similar import most_similar
from warehouse.connection import connect
from warehouse.offers import offers
from warehouse.reading import champion, live_listings
from warehouse.writing import write_drift, write_predictions


@dataclass(frozen=True, slots=True)
class Scored:
    """How many listings were scored; of how many there is no judgement, by reason code; what training did not know.

    ``unseen_words`` is by category the number of different words that the model run never saw; ``drifted`` says in a
    few words each what is no longer as it was in training.
    """

    listings: int
    abstained: dict[str, int]
    unseen_words: dict[str, int]
    drifted: Sequence[str] = ()


class Drifted(TasadorError):
    """Raised for markets whose listings are too far from what their champions learned; ``scores`` has the others."""

    def __init__(self, words: str, scores: Mapping[str, Scored | None] | None = None) -> None:
        super().__init__(words)
        self.scores = scores or {}


def score(home: Home, markets: Sequence[str] | None = None, *, anyway: bool = False) -> dict[str, Scored | None]:
    """Score the named markets, or all, publish, and return what was scored in each market.

    Of all markets, one that has no champion yet is passed over: None.

    Raises:
        UsageError: a market is unknown.
        TasadorError: a named market has no champion yet, or a model run was changed since it was written.
        Drifted: a market's listings have drifted so far that they are to be scored only ``anyway``; the others are.
    """
    scores: dict[str, Scored | None] = {}
    refusals = []
    for market in chosen_markets(home, markets):
        try:
            scores[market] = _score_market(home, market, anyway)
        except Drifted as error:
            refusals.append(str(error))
    publish(home)
    if refusals:
        raise Drifted("; ".join(refusals), scores)
    for market in markets or ():
        if scores[market] is None:
            raise TasadorError(f"market {market} has no champion yet: run `tasador retrain`")
    return scores


def _score_market(home: Home, market: str, anyway: bool) -> Scored | None:
    with connect(home) as connection:
        model_run_id = champion(connection, market)
        listings = live_listings(connection, market)
        offered = offers(connection, market)
    if model_run_id is None:
        return None
    model_run = open_model_run(home.models / market / model_run_id)
    predictions = predict(model_run, listings).hstack(largest_reasons(model_run, listings))
    drift, scored_at = measure_drift(model_run, listings, predictions), now()
    comparables = most_similar(offered, offered["days_gone"].is_null())
    with connect(home) as connection:
        write_drift(connection, drift, market, model_run_id, scored_at)
        _refuse_drifted(market, drift, anyway)
        rows = write_predictions(connection, predictions, model_run_id, scored_at, comparables)
    reasons = predictions["reason_code"].drop_nulls().value_counts().sort("count", "reason_code", descending=True)
    return Scored(rows, dict(reasons.iter_rows()), unseen_words(model_run, listings), told(drift))


def _refuse_drifted(market: str, drift: pl.DataFrame, anyway: bool) -> None:
    if stops(drift) and not anyway:
        far = told(drift)
        raise Drifted(
            f"{market} is not scored, its listings are too far from what its champion learned: {', '.join(far[:3])}"
            f"{f' and {len(far) - 3} more' if len(far) > 3 else ''}; what was predicted before stays. Look at "
            "`tasador sql 'from drift'`, then run `tasador retrain`, or `tasador score --anyway`"
        )
