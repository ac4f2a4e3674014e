"""A file of listings in, a file of predictions out, batch by batch, so that memory does not grow with the market.

Knows files and model runs, no warehouse.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from models.model_runs.registry import ModelRun
from models.predict.contributions import predict_with_reasons
from models.predict.novelty import unseen_words
from models.predict.prediction import predict_by_features
from models.predict.similar import most_similar
from models.prepare.features import build_features

# Rows that are in memory at a time.
BATCH_ROWS = 100_000
# Rows that a thread takes, the same whatever the threads: a matrix product's last digits depend on the rows beside one.
# Fewer cost more a row, with reasons above all a share; and a small market has work for two.
SHARE_ROWS = 25_000
EXPLAINED_ROWS = 5_000

# Is told how many listings are done.
OnRows = Callable[[int], None]


@dataclass(slots=True)
class Tally:
    """How many listings were predicted, of how many there is no judgement, by reason code, and words never trained."""

    listings: int = 0
    abstained: Counter[str] = field(default_factory=Counter)
    unseen_words: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, predictions: pl.DataFrame, unseen: dict[str, set[str]]) -> None:
        """Count a batch."""
        self.listings += predictions.height
        self.abstained.update(predictions["reason_code"].drop_nulls())
        for name, words in unseen.items():
            self.unseen_words[name] |= words

    def include(self, other: "Tally") -> None:
        """Count what another has counted."""
        self.listings += other.listings
        self.abstained.update(other.abstained)
        for name, words in other.unseen_words.items():
            self.unseen_words[name] |= words

    def unseen(self) -> dict[str, int]:
        """Return by category, most first, how many different words were not in training."""
        by_count = sorted(self.unseen_words.items(), key=lambda item: -len(item[1]))
        return {name: len(words) for name, words in by_count if words}


def predict_file(
    model_run: ModelRun,
    listings: Path,
    predictions: Path,
    *,
    with_reasons: bool,
    threads: int | None = None,
    on_rows: OnRows = lambda rows: None,
) -> Tally:
    """Predict the listings of a Parquet file in the order of its rows and write what is stored of it to another.

    That are the columns of ``predict``, typical_price and reasons, null where it is not to be ``with_reasons``, and
    the listings' listing_hash. There are as many ``threads`` as cores unless it says otherwise. ``on_rows`` hears now
    and then how many listings are done.
    """
    tally, cores = Tally(), threads or len(os.sched_getaffinity(0))

    def told() -> Iterator[pl.DataFrame]:
        for frame in _predicted(model_run, listings, tally, with_reasons, cores):
            yield frame
            on_rows(tally.listings)

    write_frames(predictions, told())
    return tally


def find_comparables(offers: Sequence[Path], comparables: Path) -> None:
    """Write the offers most like each live listing to a Parquet file; ``offers`` are files, one for each make.

    No offer is like a car of another make, so it is all the same whether the makes are looked at together.
    """
    frames = map(pl.read_parquet, offers)
    write_frames(comparables, (most_similar(frame, frame["days_gone"].is_null()) for frame in frames))


def _predicted(model_run: ModelRun, path: Path, tally: Tally, with_reasons: bool, cores: int) -> Iterator[pl.DataFrame]:
    work = partial(_predict_batch, model_run, with_reasons)
    rows = EXPLAINED_ROWS if with_reasons else SHARE_ROWS
    # An estimator has one thread, or digits would depend on how many there are.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores) as threads:
        for batch in batches_of(path):
            parts = [batch[start : start + rows] for start in range(0, max(1, batch.height), rows)]
            for predictions, unseen in threads.map(work, parts):
                tally.add(predictions, unseen)
                yield predictions


def _predict_batch(
    model_run: ModelRun, with_reasons: bool, listings: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, set[str]]]:
    features = build_features(listings)
    tell = predict_with_reasons if with_reasons else predict_by_features
    predictions = tell(model_run, listings, features)
    return predictions.hstack([listings["listing_hash"]]), unseen_words(model_run, features)


def batches_of(path: Path) -> Iterator[pl.DataFrame]:
    """Give the rows of a Parquet file; of one without rows, these."""
    with pq.ParquetFile(path) as file:
        empty = True
        for batch in file.iter_batches(BATCH_ROWS):
            empty = False
            yield pl.DataFrame(pl.from_arrow(batch))
        if empty:
            yield pl.DataFrame(pl.from_arrow(file.schema_arrow.empty_table()))


def write_frames(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames one after another; without any there is no file."""
    writer = None
    try:
        for frame in frames:
            table: pa.Table = frame.to_arrow()
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer:
            writer.close()
        pa.default_memory_pool().release_unused()  # else it grows with the file, and stays when the file is done
