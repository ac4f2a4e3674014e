"""Score: every live listing of a market gets a predicted price and a range from the market's champion."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from crawler.locks import alone
from flows.steps.contradictions import find_contradictions
from flows.steps.markets import chosen_markets
from flows.steps.publish import publish
from flows.steps.recorded import recorded, recorded_at_once
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.batches import Tally, find_comparables, predict_file
from models.predict.drift import MOST_LISTINGS, measure_drift, stops, told
from models.predict.prediction import predict
from models.prepare.features import COLUMNS
from warehouse.connection import connect
from warehouse.reading import champion
from warehouse.scoring import (
    copy_changed,
    count_live,
    is_published,
    last_offers_hash,
    offers_hash,
    sample_live,
    write_offers,
)
from warehouse.writing import write_drift, write_predictions

# What a prediction is made of: features, who may price the vehicle, and what is asked, which may be suspicious.
MADE_OF = (*(name for name, dtype in COLUMNS.items() if not dtype.is_temporal()), "vehicle_id", "asking_price")
# models.predict.batches.predict_file or its like.
PredictFile = Callable[..., Tally]

LISTINGS, PREDICTIONS, COMPARABLES = "listings.parquet", "predictions.parquet", "comparables.parquet"


@dataclass(frozen=True, slots=True)
class Scored:
    """How many listings were scored, how many more stand as they were; what of those that were scored is to be told.

    That is of how many there is no judgement, by reason code, and what training did not know.
    ``unseen_words`` is by category the number of different words that the model run never saw; ``drifted`` says in a
    few words each what is no longer as it was in training.
    """

    listings: int
    abstained: dict[str, int] = field(default_factory=dict)
    unseen_words: dict[str, int] = field(default_factory=dict)
    drifted: Sequence[str] = ()
    standing: int = 0
    is_new: bool = False


class _How(NamedTuple):
    """What is asked of a scoring."""

    anyway: bool
    with_reasons: bool
    predict_all: PredictFile


class Drifted(TasadorError):
    """Raised for markets whose listings are too far from what their champions learned; ``scores`` has the others."""

    def __init__(self, words: str, scores: Mapping[str, Scored | None] | None = None) -> None:
        super().__init__(words)
        self.scores = scores or {}


def score(
    home: Home,
    markets: Sequence[str] | None = None,
    *,
    anyway: bool = False,
    with_reasons: bool = True,
    predict_all: PredictFile = predict_file,
) -> dict[str, Scored | None]:
    """Score what is new or has changed in the named markets, or all, publish, and return what was scored in each.

    Of all markets, one that has no champion yet is passed over: None. Reasons cost ten times what prices do.
    ``predict_all`` is ``predict_file``, or what gives the same rows by other means.

    Raises:
        UsageError: a market is unknown.
        TasadorError: a named market has no champion yet, or a model run was changed since it was written.
        Drifted: a market's listings have drifted so far that they are to be scored only ``anyway``; the others are.
    """
    with recorded_at_once(home):
        how = _How(anyway, with_reasons, predict_all)
        scores, refusals = _score_markets(home, chosen_markets(home, markets), how)
        if refusals or any(scored and scored.is_new for scored in scores.values()) or not is_published(home):
            publish(home)
    if refusals:
        raise Drifted("; ".join(refusals), scores)
    for market in markets or ():
        if scores[market] is None:
            raise TasadorError(f"market {market} has no champion yet: run `tasador retrain`")
    return scores


def record_drift(home: Home, model_run: ModelRun) -> pl.DataFrame:
    """Return how far live listings are from training, and record it: before anything costly is done about them."""
    market = model_run.manifest.market
    with connect(home) as connection:
        some = sample_live(connection, market, MOST_LISTINGS)
    drift = measure_drift(model_run, some, predict(model_run, some))
    with connect(home) as connection:
        write_drift(connection, drift, market, model_run.manifest.model_run_id, now())
    return drift


def _score_markets(home: Home, markets: Sequence[str], how: _How) -> tuple[dict[str, Scored | None], list[str]]:
    """Return what was scored in each market, None where it has no champion, and why others are not to be scored."""
    with connect(home) as connection:
        champions = {market: champion(connection, market) for market in markets}
    scores: dict[str, Scored | None] = {}
    refusals = []
    for market, model_run_id in champions.items():
        if model_run_id is None:
            scores[market] = None
            continue
        try:
            with recorded(home, "score", market) as run:
                run.model_run_id = model_run_id
                scores[market] = scored = _score_market(home, market, model_run_id, how)
                run.rows = scored.listings
        except Drifted as error:
            refusals.append(str(error))
    return scores, refusals


def _score_market(home: Home, market: str, model_run_id: str, how: _How) -> Scored:
    model_run = open_model_run(home.models / market / model_run_id)
    with _alone_in(home.root / ".scoring") as files:
        with connect(home) as connection:
            task = _copy_out(connection, model_run, files, how.with_reasons)
        if not task.is_new:
            return Scored(0, standing=task.live)
        drift = record_drift(home, model_run)
        _refuse_drifted(market, drift, how.anyway)
        tally = how.predict_all(model_run, files / LISTINGS, files / PREDICTIONS, with_reasons=how.with_reasons)
        find_comparables(task.offers, files / COMPARABLES)
        with connect(home) as connection:
            comparables = files / COMPARABLES if task.offers else None
            write_predictions(connection, files / PREDICTIONS, model_run_id, now(), comparables, task.offers_hash)
        find_contradictions(home, market, files)
    abstained = dict(tally.abstained.most_common())
    standing = task.live - tally.listings
    return Scored(tally.listings, abstained, tally.unseen(), told(drift), standing, is_new=True)


class _Task(NamedTuple):
    """How many listings are live, the files of what comparables are found among, and whether there is work at all."""

    live: int
    offers: Sequence[Path]
    offers_hash: int
    is_new: bool


def _copy_out(connection: duckdb.DuckDBPyConnection, model_run: ModelRun, files: Path, with_reasons: bool) -> _Task:
    """Write what is to be scored to files, for the warehouse is closed while estimators work."""
    of_run = model_run.manifest.market, model_run.manifest.model_run_id
    live = count_live(connection, of_run[0])
    changed = copy_changed(connection, *of_run, MADE_OF, files / LISTINGS, with_reasons=with_reasons)
    found = offers_hash(connection, of_run[0])
    is_new = changed > 0 or found != last_offers_hash(connection, *of_run)
    return _Task(live, write_offers(connection, of_run[0], files) if is_new else (), found, is_new)


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    """Give a folder in which nothing is, whatever a killed process left there, and remove it at the end."""
    with alone(folder.with_suffix(".lock"), "another process is scoring"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _refuse_drifted(market: str, drift: pl.DataFrame, anyway: bool) -> None:
    if stops(drift) and not anyway:
        far = told(drift)
        raise Drifted(
            f"{market} is not scored, its listings are too far from what its champion learned: {', '.join(far[:3])}"
            f"{f' and {len(far) - 3} more' if len(far) > 3 else ''}; what was predicted before stays. Look at "
            "`tasador sql 'from drift'`, then run `tasador retrain`, or `tasador score --anyway`"
        )
