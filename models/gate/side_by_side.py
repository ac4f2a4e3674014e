"""Two model runs on the same cars, new to both: the metrics of each and how their errors differ, by kind of car too.

Decides nothing; that is the gate's.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from models.evaluate.metrics import Metrics, evaluate
from models.evaluate.segments import MINIMUM_ROWS, groups_of, segments
from models.gate.paired import Comparison, PairedErrors, log_errors
from models.gate.verdict import fair_rows, middle
from models.model_runs.registry import ModelRun
from models.predict.prediction import predict
from models.ranges.intervals import measured_coverage


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What two model runs say of ``rows`` cars of a ``kind``, the first being the champion of the Comparison.

    ``by_segment`` has the columns segment, value and those of Comparison; it is empty where no segment has rows enough.
    """

    model_runs: Sequence[ModelRun]
    kind: str
    rows: int
    metrics: Sequence[Metrics]
    coverages: Sequence[float]
    overall: Comparison
    by_segment: pl.DataFrame


def compare(holdout: pl.DataFrame, first: ModelRun, second: ModelRun) -> SideBySide:
    """Return how ``second`` compares with ``first`` on those rows of ``holdout`` that are new to both.

    Raises:
        TasadorError: there is none.
    """
    fair, kind = fair_rows(holdout, [first, second])
    asked = fair["asking_price"].cast(pl.Float64).to_numpy()
    priced = [predict(model_run, fair) for model_run in (first, second)]
    prices = [prices["predicted_price"].to_numpy() for prices in priced]
    ranges = [(prices["lower"].to_numpy(), prices["upper"].to_numpy()) for prices in priced]
    champion, challenger = (log_errors(asked, price) for price in prices)
    pair = PairedErrors(challenger, champion, fair["vehicle_id"].to_numpy())
    return SideBySide(
        model_runs=(first, second),
        kind=kind,
        rows=fair.height,
        metrics=[evaluate(asked, price) for price in prices],
        coverages=[measured_coverage(asked, lower, upper) for lower, upper in ranges],
        overall=pair.compare(),
        by_segment=_by_segment(pair, segments(fair, middle(*prices))),
    )


def _by_segment(pair: PairedErrors, kinds: pl.DataFrame) -> pl.DataFrame:
    groups = groups_of(kinds, MINIMUM_ROWS)
    if not groups:
        return pl.DataFrame()
    ratios = pair.ratios(np.array(list(groups.values())))
    return pl.DataFrame(
        [
            {"segment": segment, "value": value, **asdict(pair.described(rows, drawn))}
            for ((segment, value), rows), drawn in zip(groups.items(), ratios, strict=True)
        ]
    )
