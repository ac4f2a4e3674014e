"""A file of listings predicted in parts, which other processes and machines may take: the same rows come out.

Knows no engine that spreads the parts, and no warehouse.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import polars as pl

from crawler.files import files_at, make_folder, put_whole
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.batches import OnRows, Tally, batches_of, predict_file, write_frames


@dataclass(frozen=True, slots=True)
class Partition:
    """What a worker is told: with which model run, and where some of the listings and their predictions lie.

    ``model_run`` is a folder, fetched from the store where it is not there; ``folder`` is an fsspec URL.
    """

    model_run: Path
    folder: str
    number: int
    with_reasons: bool

    @property
    def listings(self) -> str:
        """Where the listings lie."""
        return f"{self.folder}/listings-{self.number}.parquet"

    @property
    def predictions(self) -> str:
        """Where what is predicted of them goes."""
        return f"{self.folder}/predictions-{self.number}.parquet"


# Does the work for each partition, wherever, and gives what came of it in their order.
RunAll = Callable[[Callable[[Partition], Tally], Sequence[Partition]], Iterable[Tally]]


def predict_partitions(
    model_run: ModelRun,
    listings: Path,
    predictions: Path,
    *,
    with_reasons: bool,
    run_all: RunAll,
    exchange: str,
    on_rows: OnRows = lambda rows: None,
) -> Tally:
    """Do what ``predict_file`` does by ``run_all``, a batch of it each.

    ``exchange`` is a folder that all workers reach, a path or an fsspec URL; nothing of it stays.
    """
    files, root = files_at(f"{exchange}/{uuid4().hex}")
    make_folder(files, root)
    try:
        asked = Partition(model_run.folder.absolute(), files.unstrip_protocol(root), 0, with_reasons)
        parts = _split(listings, asked)
        tally = Tally()
        for part_tally in run_all(predict_partition, parts):
            tally.include(part_tally)
            on_rows(tally.listings)
        write_frames(predictions, (_read(part.predictions) for part in parts))
    finally:
        files.rm(root, recursive=True)
    return tally


def predict_partition(partition: Partition) -> Tally:
    """Predict the listings of a partition in one thread: there are as many workers as cores."""
    with tempfile.TemporaryDirectory() as folder:
        listings, predictions = Path(folder) / "listings.parquet", Path(folder) / "predictions.parquet"
        _read(partition.listings).write_parquet(listings)
        model_run = _opened(partition.model_run)
        tally = predict_file(model_run, listings, predictions, with_reasons=partition.with_reasons, threads=1)
        put_whole(*files_at(partition.predictions), predictions.read_bytes())
    return tally


# A worker gets many partitions of a market, one after another.
@lru_cache(maxsize=1)
def _opened(folder: Path) -> ModelRun:
    return open_model_run(folder)


def _split(listings: Path, first: Partition) -> list[Partition]:
    """Write the batches of a file to the folder of the ``first`` partition."""
    parts = []
    for number, rows in enumerate(batches_of(listings)):
        parts.append(replace(first, number=number))
        files, path = files_at(parts[-1].listings)
        with files.open(path, "wb") as file:
            rows.write_parquet(file)
    return parts


def _read(url: str) -> pl.DataFrame:
    files, path = files_at(url)
    with files.open(path, "rb") as file:
        return pl.read_parquet(file)
