"""What `tasador score` tells of what it could not judge."""

from typing import Any

from flows.steps.score import Scored
from flows.summaries.scored import tell_scored


def test_reasons_not_to_judge_and_unknown_words_are_counted(capsys: Any) -> None:
    scored = Scored(1_200, {"few_comparables": 30, "unseen_make": 2}, {"seller": 1_001, "make": 1}, ["age psi 0.12"])
    tell_scored({"us": scored, "eu": None, "uk": Scored(5, {}, {})})
    assert capsys.readouterr().out.splitlines() == [
        "us: 1,200 live listings scored",
        "  32 of them cannot be judged: few_comparables 30, unseen_make 2",
        "  words that were not in training: seller 1,001, make 1",
        "  drifted since training: age psi 0.12",
        "eu: no champion yet: run `tasador retrain`",
        "uk: 5 live listings scored",
    ]
