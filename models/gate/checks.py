"""What the gate asks of a challenger, one check each, of prices alone. Knows no model run, no listing and no file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.segments import Group, groups_of
from models.gate.paired import LEVEL, PairedErrors, log_errors
from models.ranges.intervals import measured_coverage

Floats = npt.NDArray[np.float64]

# A segment of fewer rows has no say: it could be worse by chance alone.
SEGMENT_ROWS = 200
MOST_WORSE = 1.05
# The share of the baseline's MAE that a challenger may have.
MOST_OF_BASELINE = 0.90
# How far from the stated coverage the measured one may lie, at least.
COVERAGE_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was asked of the challenger: whether it holds, in words that follow "the challenger:"."""

    name: str
    passed: bool
    words: str
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What challenger, champion and baseline say of the same listings, each array of shape (rows,), in currency.

    ``vehicles`` says whose listing each is; ``segments`` says what kind of car each is, one column per segment.
    A rival that there is not is None.
    """

    asked: Floats
    vehicles: npt.NDArray[np.generic]
    challenger: Floats
    lower: Floats
    upper: Floats
    coverage: float
    currency: str
    champion: Floats | None = None
    baseline: Floats | None = None
    segments: pl.DataFrame = field(default_factory=pl.DataFrame)


def run_checks(evidence: Evidence) -> list[Check]:
    """Return the checks that apply: without a champion, or a baseline, there is none against it."""
    against_champion = _against_champion(evidence, evidence.champion) if evidence.champion is not None else []
    against_baseline = [_beats_baseline(evidence, evidence.baseline)] if evidence.baseline is not None else []
    return [*against_champion, *against_baseline, _coverage_holds(evidence)]


def holm(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Return which hypotheses are rejected, at most one wrongly in 1/``level`` families.

    Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.
    """
    order = np.argsort(p_values, kind="stable")
    limits = level / np.arange(len(p_values), 0, -1)
    falls = np.array(p_values)[order] <= limits
    rejected = np.zeros(len(p_values), bool)
    rejected[order] = np.cumprod(falls).astype(bool)
    return [bool(is_rejected) for is_rejected in rejected]


def _against_champion(evidence: Evidence, champion: Floats) -> list[Check]:
    vehicles, asked = evidence.vehicles, evidence.asked
    pair = PairedErrors(log_errors(asked, evidence.challenger), log_errors(asked, champion), vehicles)
    everything = np.ones(len(asked), bool)
    groups = groups_of(evidence.segments, SEGMENT_ROWS)
    overall, *by_segment = pair.ratios(np.array([everything, *groups.values()]))
    return [_beats_champion(pair, overall), _holds_in_segments(pair, groups, by_segment)]


def _beats_champion(pair: PairedErrors, ratios: Floats) -> Check:
    """Surely better: in all but LEVEL of the resamples its mean error is the lower one."""
    found = pair.described(np.ones(len(pair.challenger), bool), ratios)
    passed = found.upper < 1
    interval = f"95 %: {found.lower - 1:+.1%} to {found.upper - 1:+.1%}"
    sure = "surely below" if passed else "not surely below"
    words = f"its error in log price is {sure} the champion's: {found.ratio - 1:+.1%} ({interval})"
    return Check("beats the champion", passed, words, asdict(found))


def _holds_in_segments(
    pair: PairedErrors, groups: Mapping[Group, npt.NDArray[np.bool_]], ratios: Sequence[Floats]
) -> Check:
    """Nowhere surely worse than MOST_WORSE: one-sided by segment, corrected for how many they are."""
    p_values = [(1 + int((drawn <= MOST_WORSE).sum())) / (1 + len(drawn)) for drawn in ratios]
    segments = [
        {"segment": name, "value": value, **asdict(pair.described(rows, drawn)), "p_value": p_value, "is_worse": worse}
        for ((name, value), rows), drawn, p_value, worse in zip(
            groups.items(), ratios, p_values, holm(p_values), strict=True
        )
    ]
    worse = [segment for segment in segments if segment["is_worse"]]
    named = [
        f"{segment['segment']} {segment['value']} ({segment['ratio'] - 1:+.1%} on {segment['rows']:,})"
        for segment in worse
    ]
    words = (
        f"its error in log price is surely more than {MOST_WORSE - 1:.0%} above the champion's in {', '.join(named)}"
        if worse
        else f"it is nowhere surely worse by more than {MOST_WORSE - 1:.0%} ({len(groups)} segments)"
    )
    return Check("holds in every segment", not worse, words, {"segments": segments})


def _beats_baseline(evidence: Evidence, baseline: Floats) -> Check:
    own, other = (float(np.abs(evidence.asked - prices).mean()) for prices in (evidence.challenger, baseline))
    passed = own <= MOST_OF_BASELINE * other
    amount = f"its MAE of {own:,.0f} {evidence.currency}"
    words = (
        f"{amount} is {1 - own / other:.0%} below the baseline's {other:,.0f}"
        if passed
        else f"{amount} is not {1 - MOST_OF_BASELINE:.0%} below the baseline's {other:,.0f}"
    )
    return Check("beats the baseline", passed, words, {"mae": own, "baseline_mae": other})


def _coverage_holds(evidence: Evidence) -> Check:
    """As near to what is stated as COVERAGE_TOLERANCE, or as three standard errors where the rows are few."""
    stated = evidence.coverage
    measured = measured_coverage(evidence.asked, evidence.lower, evidence.upper)
    tolerance = max(COVERAGE_TOLERANCE, 3 * float(np.sqrt(stated * (1 - stated) / len(evidence.asked))))
    passed = abs(measured - stated) <= tolerance
    words = f"{measured:.1%} of the asking prices lie in its range of {stated:.0%}"
    if not passed:
        words += f", more than {100 * tolerance:.1f} points away"
    return Check("coverage holds", passed, words, {"stated": stated, "measured": measured, "tolerance": tolerance})
