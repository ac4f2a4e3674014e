"""What a scoring came to: how many listings, of how many there is no judgement and why, and what was never seen."""

from collections.abc import Iterator, Mapping

from flows.show import print_lines
from flows.steps.score import Scored

MOST_TOLD = 5


def tell_scored(scores: Mapping[str, Scored | None]) -> None:
    """Tell what was scored in each market."""
    for market, scored in scores.items():
        print_lines(scored_lines(market, scored))


def scored_lines(market: str, scored: Scored | None) -> Iterator[str]:
    """Yield what was scored in one market: a line of what matters, and what is to be known of it."""
    if scored is None:
        yield f"{market}: no champion yet: run `tasador retrain`"
        return
    stand = f", {scored.standing:,} stand as they were" if scored.standing else ""
    yield f"{market}: {scored.listings:,} live listings scored{stand}"
    if scored.abstained:
        yield f"  {sum(scored.abstained.values()):,} of them cannot be judged: {_counts(scored.abstained)}"
    if scored.unseen_words:
        yield f"  words that were not in training: {_counts(scored.unseen_words)}"
    if scored.drifted:
        more = f" and {len(scored.drifted) - MOST_TOLD} more" if len(scored.drifted) > MOST_TOLD else ""
        yield f"  drifted since training: {', '.join(scored.drifted[:MOST_TOLD])}{more}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
