"""Model runs on disk: ``<models>/<market>/<model_run_id>/``, written whole or not at all, verified before any use.

A folder holds the manifest, tables, the certainty and one folder of native files per member; nothing of it is a pickle.
"""

import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from crawler.errors import TasadorError
from models.estimators import ENSEMBLE, KNOWN_NAMES
from models.evaluate.crossfit import NEW
from models.evaluate.holdout import vehicle_ids
from models.model_runs.manifest import (
    MANIFEST_NAME,
    Manifest,
    OutdatedModelRun,
    file_sha256,
    read_manifest,
    write_manifest,
)
from models.model_runs.store import fetch_model_run
from models.prepare.features import FEATURES
from models.ranges.certainty import Certainty

if TYPE_CHECKING:
    from models.model_runs.ensemble import EnsembleMember
    from models.model_runs.member import Member

# How files are called and begin; anything else, as a pickle, has no business in a model run, whatever its hash.
KINDS = {
    ".json": rb"[\[{]",
    ".parquet": rb"PAR1",
    ".cbm": rb"CBM1",
    ".safetensors": rb".{8}\{",
    ".skops": rb"PK\x03\x04",
}


@dataclass(frozen=True)
class ModelRun:
    """One estimator fitted on one snapshot for one market, as recorded in its folder."""

    folder: Path
    manifest: Manifest

    @cached_property
    def members(self) -> "Sequence[Member | EnsembleMember]":
        """The fitted members, by fold; read when first asked for, which imports what it takes to predict."""
        from models.model_runs.ensemble import EnsembleMember  # not before: who lists model runs needs no estimator
        from models.model_runs.member import Member

        load = EnsembleMember.load if self.manifest.estimator == ENSEMBLE else Member.load
        with _refusing(self.folder):
            return [load(member_folder(self.folder, fold)) for fold in range(self.manifest.folds)]

    @cached_property
    def certainty(self) -> Certainty:
        """How sure it is of its prices: ranges, and reasons not to judge."""
        with _refusing(self.folder):
            return Certainty.load(self.folder)

    @cached_property
    def training_vehicles(self) -> pl.DataFrame:
        """Who saw what: vehicle_id and fold, one row for each id by which a vehicle in training is known.

        That is its own and those of its listings: after the training an ad may tell another mileage, or a VIN.
        """
        rows = self.out_of_fold
        ids = (rows.select(pl.col(name).alias("vehicle_id"), "fold") for name in ("vehicle_id", "listing_id"))
        return pl.concat(ids).unique("vehicle_id", maintain_order=True)

    def fold_in_training(self, listings: pl.DataFrame) -> pl.Series:
        """Return the fold that each listing's vehicle was in, NEW where it was not in training."""
        by_listing, by_vehicle = (
            ids.to_frame("vehicle_id").join(self.training_vehicles, on="vehicle_id", how="left", maintain_order="left")
            for ids in (listings["listing_id"], vehicle_ids(listings))
        )
        return by_listing["fold"].fill_null(by_vehicle["fold"]).fill_null(NEW)

    @property
    def out_of_fold(self) -> pl.DataFrame:
        """The training rows: listing_id, vehicle_id, fold, asking_price, predicted_price."""
        return pl.read_parquet(self.folder / "out_of_fold.parquet")

    @property
    def holdout(self) -> pl.DataFrame:
        """The held-out rows: listing_id, vehicle_id, asking_price, predicted_price and what Certainty.judge says."""
        return pl.read_parquet(self.folder / "holdout.parquet")

    @property
    def evaluation(self) -> pl.DataFrame:
        """The metrics of the held-out rows by segment, with intervals, as evaluate.bootstrap.evaluate_by_segment."""
        return pl.read_parquet(self.folder / "evaluation.parquet")

    @property
    def distributions(self) -> pl.DataFrame:
        """How the training rows were distributed, as predict.distributions; no rows where nothing was kept of it."""
        path = self.folder / "distributions.parquet"
        return pl.read_parquet(path) if path.name in self.manifest.files else pl.DataFrame()

    @property
    def outliers(self) -> pl.DataFrame:
        """The rows that a member left out of its training: fold, listing_id, reason."""
        return pl.read_parquet(self.folder / "outliers.parquet")


def new_model_run_id(estimator: str, at: datetime) -> str:
    """Return a new model run's name: its time in UTC, which sorts, its estimator and six random hex digits."""
    return f"{at:%Y%m%dT%H%M%SZ}-{estimator}-{uuid.uuid4().hex[:6]}"


def save_model_run(
    models: Path,
    manifest: Manifest,
    members: "Sequence[Member | EnsembleMember]",
    tables: dict[str, pl.DataFrame],
    certainty: Certainty,
) -> Path:
    """Write a model run beside its place, rename it there whole, and return its folder.

    ``tables`` are named as the tables of ModelRun: out_of_fold, holdout, evaluation, distributions, outliers.
    """
    folder = models / manifest.market / manifest.model_run_id
    building = folder.with_name(f".{folder.name}.writing")
    building.mkdir(parents=True)
    try:
        for fold, member in enumerate(members):
            member.save(member_folder(building, fold))
        for name, table in tables.items():
            table.write_parquet(building / f"{name}.parquet")
        certainty.save(building)
        write_manifest(building, replace(manifest, files=_described_files(building)))
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return folder


def open_model_run(folder: Path) -> ModelRun:
    """Return the model run in a folder once every file has proved to be what was written.

    One that is not on this machine is fetched first, where $TASADOR_MODELS has it.

    Raises:
        OutdatedModelRun: it was fitted on other features than this version has.
        TasadorError: a file is missing, additional, changed or of no kind that we write, or the estimator is unknown.
    """
    fetch_model_run(folder)
    manifest = read_manifest(folder)
    if manifest.features != [feature.name for feature in FEATURES]:
        raise OutdatedModelRun(f"{folder} was fitted on other features than this version has: run tasador retrain")
    if manifest.estimator not in KNOWN_NAMES:
        raise TasadorError(f"{folder}: estimator must be one of {', '.join(KNOWN_NAMES)}, got {manifest.estimator!r}")
    _check_files(folder, manifest)
    return ModelRun(folder, manifest)


def find_model_runs(models: Path, market: str) -> list[Path]:
    """Return the folders of a market's model runs, oldest first; unfinished ones are not among them."""
    return sorted(path.parent for path in (models / market).glob(f"[!.]*/{MANIFEST_NAME}"))


def member_folder(folder: Path, fold: int) -> Path:
    """Return where in a model run's folder a member lies."""
    return folder / f"member_{fold}"


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    """Make one line of whatever a library says of a file that it cannot, or must not, read."""
    try:
        yield
    except (ImportError, MemoryError):  # that is no fault of the file
        raise
    except Exception as error:
        words = str(error).partition("\n")[0] or repr(error)
        remedy = "restore it from a backup or run tasador retrain"
        raise TasadorError(f"{folder} cannot be used ({words}): {remedy}") from error


def _described_files(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        name: {"sha256": file_sha256(folder / name), "bytes": (folder / name).stat().st_size}
        for name in sorted(_file_names(folder))
    }


def _check_files(folder: Path, manifest: Manifest) -> None:
    expected, present = set(manifest.files), _file_names(folder)
    changed = (name for name in sorted(expected & present) if file_sha256(folder / name) != _sha256(manifest, name))
    foreign = (name for name in sorted(expected & present) if not _is_of_a_kind(folder / name))
    problems = [
        *(f"{name} is missing" for name in sorted(expected - present)),
        *(f"{name} does not belong there" for name in sorted(present - expected)),
        *(f"{name} has changed since it was written" for name in changed),
        *(f"{name} is of no kind that a model run has" for name in foreign),
    ]
    if problems:
        raise TasadorError(f"{folder}: {problems[0]}: restore the folder from a backup or run tasador retrain")


def _is_of_a_kind(path: Path) -> bool:
    with path.open("rb") as file:
        begins = file.read(16)
    return path.suffix in KINDS and re.match(KINDS[path.suffix], begins, re.DOTALL) is not None


def _sha256(manifest: Manifest, name: str) -> str:
    return str(manifest.files[name]["sha256"])


def _file_names(folder: Path) -> set[str]:
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return {name for name in files if name != MANIFEST_NAME}
