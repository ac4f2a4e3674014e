"""The architecture study: a table of network variants, read from TOML, each trained in a process of its own, in turn.

Knows where images lie, but not how listings come: they are a snapshot and a market, as for training.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from crawler.errors import UsageError
from crawler.sites import checked_name
from models.train.training import end_of

FRAMEWORKS = ("keras", "torch")
TASKS = ("regression", "classification")
DATA_KEYS = {
    "regression": {"market", "site"},
    "classification": {"folder", "rows", "class_names"},
}
# What the study decides itself, and what an estimator is told by where it stands.
NOT_TO_SET = {"n_threads", "random_state", "continuous_features"}


@dataclass(frozen=True, slots=True)
class Variant:
    """One network: its framework, and what its parameters are where they are not the estimator's own."""

    name: str
    framework: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Study:
    """Variants of one task on one data set; ``data`` as docs/study.md says it."""

    name: str
    task: str
    data: dict[str, Any]
    variants: tuple[Variant, ...]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a variant came to: the figures of its row, its curves, and of a classification the chosen rows' answers.

    ``history`` is that of models.estimators.stopping; ``probabilities`` has for each chosen row its number, label and
    one probability per class.
    """

    variant: Variant
    figures: dict[str, Any] = field(default_factory=dict)
    history: dict[str, list[float]] = field(default_factory=dict)
    probabilities: list[dict[str, Any]] = field(default_factory=list)
    failure: str | None = None


def read_study(path: Path) -> Study:
    """Return the study that a TOML file describes.

    Raises:
        UsageError: the file cannot be read, or says what no study has.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"the study {path} cannot be read: {error}") from error
    _check_keys(f"{path}:", said, {"name", "task", "seed", "frameworks", "data", "defaults", "variants"})
    task = _one_of("task", said.get("task"), TASKS)
    data = said.get("data", {})
    _check_keys(f"{path}: [data]", data, DATA_KEYS[task])
    frameworks = [_one_of("frameworks", name, FRAMEWORKS) for name in said.get("frameworks", FRAMEWORKS)]
    variants = tuple(
        _variant(path, framework, {**said.get("defaults", {}), **variant})
        for variant in said.get("variants", [])
        for framework in frameworks
    )
    if not variants:
        raise UsageError(f"{path} must have at least one [[variants]]")
    return Study(checked_name(said.get("name", path.stem)), task, data, variants, said.get("seed", 0))


def run_study(
    study: Study, source: dict[str, str], on_variant: Callable[[int, Variant], None], *, threads: int = 1
) -> Iterator[Outcome]:
    """Train the variants one after another and yield an outcome each; one that fails does not stop the others.

    ``source`` is where the data lie: ``folder`` of images, or ``snapshot`` and ``market`` of listings. ``on_variant``
    is told the number of the variant that begins, from 0.
    """
    for number, variant in enumerate(study.variants):
        on_variant(number, variant)
        request = {"task": study.task, "data": {**study.data, **source}, "seed": study.seed, "threads": threads}
        yield _run_variant(variant, {**request, **asdict(variant)})


def _run_variant(variant: Variant, request: dict[str, Any]) -> Outcome:
    """Train one variant in a child, which answers with one line of JSON; what else it prints is told if it fails."""
    environment = os.environ | {"OMP_NUM_THREADS": str(request["threads"])}
    command = [sys.executable, "-P", "-m", "models.study.worker", json.dumps(request)]
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True)
        log.seek(0)
        answer = json.loads(child.stdout or "{}")
        if "figures" in answer:
            return Outcome(variant, **answer)
        last_words = (log.read().strip().splitlines() or [""])[-1]
    return Outcome(variant, failure=answer.get("failure") or f"{end_of(child.returncode)} {last_words}".strip())


def _variant(path: Path, framework: str, said: dict[str, Any]) -> Variant:
    from models.estimators.network import Network

    if not isinstance(said.get("name"), str):
        raise UsageError(f"{path}: a variant's name must be a text, got {said.get('name')!r}")
    parameters = {{"units": "hidden"}.get(name, name): value for name, value in said.items() if name != "name"}
    known = set(Network._get_param_names()) - NOT_TO_SET
    _check_keys(f"{path}: variant {said['name']}:", parameters, known)
    return Variant(said["name"], framework, parameters)


def _check_keys(where: str, said: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(said) - known)
    if unknown:
        raise UsageError(f"{where} a key must be one of {', '.join(sorted(known))}, got {unknown[0]!r}")


def _one_of(name: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise UsageError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return str(value)


def figures_table(outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """Return one row per trained variant: its name, framework and figures."""
    named = [{"variant": each.variant.name, "framework": each.variant.framework, **each.figures} for each in outcomes]
    return pl.DataFrame([row for row, each in zip(named, outcomes, strict=True) if not each.failure])


def probabilities_table(study: Study, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """Return one row per trained variant and chosen row: what the row shows, and each class's probability."""
    names = study.data.get("class_names")
    rows = []
    for outcome in outcomes:
        for answer in outcome.probabilities:
            classes = names or [str(number) for number in range(len(answer["probabilities"]))]
            rows.append(
                {
                    "variant": outcome.variant.name,
                    "framework": outcome.variant.framework,
                    "row": answer["row"],
                    "shows": classes[answer["label"]],
                    **dict(zip(classes, answer["probabilities"], strict=True)),
                }
            )
    return pl.DataFrame(rows)
