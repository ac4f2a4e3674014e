"""What `tasador score` tells of what it could not judge."""

from pathlib import Path
from typing import Any

import pytest

from crawler.home import Home
from flows.commands.score import score
from flows.steps.score import Drifted, Scored
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


def test_a_refused_market_does_not_hide_what_was_scored(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise Drifted("eu is not scored", {"us": Scored(5, {}, {})})

    monkeypatch.setattr("flows.steps.score.score", refuse)
    with pytest.raises(Drifted, match="eu is not scored"):
        score.main([], obj=Home(tmp_path), standalone_mode=False)
    assert capsys.readouterr().out == "us: 5 live listings scored\n"
