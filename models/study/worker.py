"""The child's side of a study: one variant is trained and measured in this process; the answer is a line of JSON.

Started by models.study.variants as ``python -m models.study.worker``, so that its peak memory and its seconds are its
own.
"""

import json
import resource
import sys
import time
import traceback
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
from packaging.requirements import Requirement

from models.evaluate.holdout import read_split
from models.evaluate.metrics import evaluate
from models.model_runs.member import Member
from models.study.idx import Images, read_images
from models.train.worker import channel_to_parent, one_line

# The package that pip installs for a framework.
PACKAGES = {"keras": "tensorflow", "torch": "torch"}


def main(request: str) -> None:
    """Train what a request asks for (JSON: task, data, name, framework, parameters, seed, threads) and answer."""
    tell = channel_to_parent()
    asked = json.loads(request)
    try:
        tell(**{"classification": classify, "regression": regress}[asked["task"]](asked))
    except Exception as error:  # the parent names the variant and goes on with the others
        traceback.print_exc()
        tell(failure=one_line(error))


def classify(asked: dict[str, Any]) -> dict[str, Any]:
    """Train on images; return figures, history and the chosen rows' probabilities."""
    train, test = read_images(Path(asked["data"]["folder"]))
    estimator = _classifier(asked["framework"])(
        **asked["parameters"], n_threads=asked["threads"], random_state=asked["seed"]
    )
    measured = _Stopwatch(asked["framework"], asked["threads"])
    estimator.fit(train.X, train.y)
    figures = measured.figures(asked, estimator, test_score=float(estimator.score(test.X, test.y)))
    answers = _answers(estimator, test, asked["data"].get("rows", []))
    return {"figures": figures, "history": estimator.history_, "probabilities": answers}


def _answers(estimator: Any, test: Images, rows: list[int]) -> list[dict[str, Any]]:
    """Return what the network says of some test rows, and what they show."""
    if not rows:
        return []
    probabilities = estimator.predict_proba(test.X[rows]).tolist()
    return [
        {"row": row, "label": int(test.y[row]), "probabilities": each}
        for row, each in zip(rows, probabilities, strict=True)
    ]


def regress(asked: dict[str, Any]) -> dict[str, Any]:
    """Train on a snapshot's listings, one network without cross-fitting; return figures on held-out ones, and history.

    The scores are R² of the logarithm of prices; errors in price are those of models.evaluate.metrics.
    """
    training, holdout = read_split(Path(asked["data"]["snapshot"]), asked["data"]["market"])
    member = Member(
        f"{asked['framework']}_network", seed=asked["seed"], threads=asked["threads"], params=asked["parameters"]
    )
    measured = _Stopwatch(asked["framework"], asked["threads"])
    member.fit(training)
    predicted, actual = member.predict(holdout), holdout["asking_price"].cast(float).to_numpy()
    errors = asdict(evaluate(actual, predicted))
    log_r2 = 1 - errors["log_rmse"] ** 2 / float(np.log(actual).var())
    figures = measured.figures(asked, member.fitted, test_score=log_r2)
    return {
        "figures": figures | {name: errors[name] for name in ("mae", "mdape", "log_rmse", "rmse")},
        "history": member.history,
    }


class _Stopwatch:
    def __init__(self, framework: str, threads: int) -> None:
        # An import takes longer than many a training, and belongs to none.
        if framework == "keras":
            import_module("models.estimators.keras_network").frameworks(threads)
        else:
            import_module("models.estimators.torch_training")
        self.started, self.cpu = time.monotonic(), time.process_time()

    def figures(self, asked: dict[str, Any], estimator: Any, test_score: float) -> dict[str, Any]:
        """Return what both tasks tell of a training; the training score is that of the epoch that is kept."""
        seconds, cpu_seconds = time.monotonic() - self.started, time.process_time() - self.cpu
        history = estimator.history_
        kept = len(history["train"]) if estimator.keep == "last" else int(np.argmin(history["validation"])) + 1
        train_score = history["train_score"][kept - 1]
        return {
            "train": train_score,
            "test": test_score,
            "overfitting": train_score - test_score,
            "epochs": len(history["train"]),
            "kept": kept,
            "parameters": estimator.n_parameters_,
            "seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "install_mb": install_bytes(PACKAGES[asked["framework"]]) / 1e6,
        }


def install_bytes(package: str) -> int:
    """Return what a package and everything that it requires take on disk, by pip's own records."""
    found: dict[str, int] = {}
    waiting = [package]
    while waiting:
        name = waiting.pop()
        if name.lower() in found:
            continue
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        found[name.lower()] = sum(file.size or 0 for file in installed.files or ())
        requirements = map(Requirement, installed.requires or ())
        waiting += [each.name for each in requirements if not each.marker or each.marker.evaluate({"extra": ""})]
    return sum(found.values())


def _classifier(framework: str) -> Any:
    module = import_module(f"models.estimators.{framework}_network")
    return getattr(module, {"keras": "KerasClassifier", "torch": "TorchClassifier"}[framework])


if __name__ == "__main__":
    main(sys.argv[1])
