"""The architecture study: its data are brought, its variants trained, and table, curves and answers written."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.steps.markets import chosen_markets
from flows.tables import write_csv
from models.study.idx import check_folder
from models.study.variants import Outcome, Study, figures_table, probabilities_table, read_study, run_study
from models.train.pictures import draw_training
from warehouse.connection import connect
from warehouse.training import freeze, training_set

# What the curves of a task count.
LOSSES = {"classification": "cross-entropy", "regression": "loss of standardised log price"}
SCORES = {"classification": "accuracy", "regression": "R² of log price"}


@dataclass(frozen=True, slots=True)
class Studied:
    """What a study came to: a row per variant, a row per variant and chosen image, and the folder of the pictures."""

    study: Study
    figures: pl.DataFrame
    probabilities: pl.DataFrame
    failures: dict[str, str]
    folder: Path


def study(home: Home, path: Path, *, on_progress: Callable[[str], None] | None = None) -> Studied:
    """Train the variants of a study file, one after another, and write what comes of each.

    Raises:
        UsageError: the file says what no study has, or its images or its market are not there.
        TasadorError: no variant could be trained.
    """
    asked = read_study(path)
    source = _source(home, asked)
    count = len(asked.variants)
    told = on_progress or (lambda words: None)
    outcomes = run_study(
        asked, source, lambda n, variant: told(f"{n + 1} of {count}, {variant.name} in {variant.framework}")
    )
    return write_study(home.reports / "study" / asked.name, asked, outcomes)


def write_study(folder: Path, study: Study, outcomes: Iterable[Outcome]) -> Studied:
    """Write results.csv, probabilities.csv and the curves of each variant into ``folder``, as the outcomes come.

    A study that is stopped leaves what it has come to.

    Raises:
        TasadorError: no variant could be trained.
    """
    failures: dict[str, str] = {}
    trained: list[Outcome] = []
    for outcome in outcomes:
        if outcome.failure:
            failures[_title(outcome)] = outcome.failure
            continue
        trained.append(outcome)
        _draw(outcome, folder, study.task)
        figures, probabilities = figures_table(trained), probabilities_table(study, trained)
        write_csv(figures, folder / "results.csv")
        if probabilities.height:
            write_csv(probabilities, folder / "probabilities.csv")
    if not trained:
        raise TasadorError(f"no variant could be trained: {next(iter(failures.values()))}")
    return Studied(study, figures, probabilities, failures, folder)


def _draw(outcome: Outcome, folder: Path, task: str) -> None:
    path, title = folder / f"{_file_name(outcome)}.png", _title(outcome)
    draw_training(outcome.history, path, title=title, losses=LOSSES[task], scores=SCORES[task])


def _source(home: Home, study: Study) -> dict[str, str]:
    """Return where the child finds the data."""
    if study.task == "classification":
        folder = Path(study.data.get("folder", ""))
        check_folder(folder)
        return {"folder": str(folder.resolve())}
    named = study.data.get("market")
    markets = chosen_markets(home, [named] if named else None)
    if len(markets) > 1:
        raise UsageError(f"market must be one of {', '.join(markets)}: say it in [data] of the study")
    with connect(home) as connection:
        rows = training_set(connection, markets[0])
    site = study.data.get("site")
    if site:
        rows = rows.filter(pl.col("site") == site)
    if rows.is_empty():
        raise TasadorError(f"market {markets[0]} has no priced listings{f' of {site}' if site else ''}: import some")
    return {"snapshot": str(freeze(rows, home.snapshots).path.resolve()), "market": markets[0]}


def _title(outcome: Outcome) -> str:
    return f"{outcome.variant.name} in {outcome.variant.framework}"


def _file_name(outcome: Outcome) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _title(outcome).lower()).strip("-")
