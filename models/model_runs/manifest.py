"""What a model run says of itself: the record in its folder's manifest.json. Knows no estimator and reads no model."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from crawler.errors import TasadorError
from models.evaluate.holdout import BY_HASH
from models.evaluate.metrics import Metrics

MANIFEST_NAME = "manifest.json"
FORMAT_VERSION = 3

# The distributions whose version may change what a model run predicts.
PACKAGES = ("tasador", "polars", "numpy", "scikit-learn", "catboost", "tensorflow", "torch", "skops", "safetensors")


class OutdatedModelRun(TasadorError):
    """Raised for a model run of an earlier Tasador, which knew other features: it is refused, and can be replaced."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The frozen training set that a model run learned from."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of one model run; ``files`` maps each file to its sha256 and size in bytes, but for the manifest.

    ``out_of_fold`` are the metrics of the training rows, each priced by the member that never saw it, ``holdout``
    those of the held-out rows; ``holdout_coverage`` is the share of these within their range, of which ``coverage`` is
    the stated one, and ``holdout_coverage_95`` that within the wider range, None in a market too young for it;
    ``abstained`` says by reason code how many of these cannot be judged. ``history`` and ``seeds`` have one entry per
    member. ``suspicious_features`` predict the price too well to be honest: name and why.
    ``outliers`` is the number of listings that the outlier rule left out of training; the folder's table says why.
    ``code_version`` is the git commit or the version of the package that trained it.
    ``trained_until`` is when the latest of the training rows was read, where the snapshot says it, ``holdout_rule`` in
    words which vehicles were held out.
    """

    model_run_id: str
    market: str
    currency: str
    estimator: str
    trained_at: str
    snapshot: Snapshot
    training_rows: int
    holdout_rows: int
    folds: int
    seeds: list[int]
    threads: int
    parameters: dict[str, Any]
    features: list[str]
    versions: dict[str, str]
    out_of_fold: Metrics
    holdout: Metrics
    coverage: float
    holdout_coverage: float
    holdout_coverage_95: float | None
    abstained: dict[str, int]
    seconds: float
    history: list[dict[str, list[float]]]
    suspicious_features: dict[str, str] = field(default_factory=dict)
    outliers: int = 0
    trained_until: str | None = None
    code_version: str | None = None
    holdout_rule: str = BY_HASH
    format_version: int = FORMAT_VERSION
    files: dict[str, dict[str, Any]] = field(default_factory=dict)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, with the sha256 of its own content."""
    content = asdict(manifest)
    sealed = {**content, "sha256": _digest(content)}
    (folder / MANIFEST_NAME).write_text(json.dumps(sealed, indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a model run's folder.

    Raises:
        OutdatedModelRun: an earlier Tasador wrote it.
        TasadorError: there is none, it was changed since it was written, or a later Tasador wrote it.
    """
    try:
        content = json.loads((folder / MANIFEST_NAME).read_bytes())
        format_version, sha256 = content["format_version"], content.pop("sha256")
        writer = content.get("code_version") or content["versions"].get("tasador")
    except OSError as error:
        raise TasadorError(f"{folder} holds no model run ({error.strerror}): run tasador retrain") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _changed(folder) from error
    if format_version != FORMAT_VERSION:
        kind = OutdatedModelRun if format_version in range(FORMAT_VERSION) else TasadorError
        raise kind(
            f"{folder} is of format {format_version!r} and this version reads {FORMAT_VERSION}: "
            f"use Tasador {writer!r}, which wrote it, or run tasador retrain"
        )
    if sha256 != _digest(content):
        raise _changed(folder)
    try:
        return _manifest(content)
    except (KeyError, TypeError) as error:  # sealed all right, and of other fields
        raise OutdatedModelRun(
            f"{folder} was written by Tasador {writer!r}, which records other things: use that, or run tasador retrain"
        ) from error


def package_versions() -> dict[str, str]:
    """Return the installed version of each package that may change predictions."""
    return {name: found for name in PACKAGES if (found := _version(name))}


def file_sha256(path: Path) -> str:
    """Return a file's sha256 in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(content: dict[str, Any]) -> Manifest:
    parts = {
        "snapshot": Snapshot(**content["snapshot"]),
        "out_of_fold": Metrics(**content["out_of_fold"]),
        "holdout": Metrics(**content["holdout"]),
    }
    return Manifest(**{**content, **parts})


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _changed(folder: Path) -> TasadorError:
    return TasadorError(f"{folder}/{MANIFEST_NAME} has changed since it was written: restore it or run tasador retrain")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
