"""Predicting in parts: the same rows come out, to the last digit, however many parts and threads there are."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from models.model_runs.registry import ModelRun, open_model_run
from models.predict import batches
from models.predict.batches import predict_file
from models.predict.partitions import Partition, predict_partitions
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

SMALL = {"hidden": [16], "members": 2, "epochs": 2, "batch_size": 64}
ROWS = 330


@pytest.fixture(scope="module")
def listings(tmp_path_factory: pytest.TempPathFactory, cars: Callable[..., pl.DataFrame]) -> Path:
    path = tmp_path_factory.mktemp("partitions") / "listings.parquet"
    cars(ROWS).with_columns(listing_hash=pl.col("listing_id").hash()).write_parquet(path)
    return path


@pytest.fixture(scope="module")
def model_run(listings: Path) -> ModelRun:
    """A network's: of all estimators, its digits alone depend on which rows stand beside a row."""
    recipe = Recipe(listings, "demo", "torch_network", folds=2, params=SMALL)
    return open_model_run(make_model_run(recipe, listings.parent / "models", lambda done: None))


@pytest.fixture(autouse=True)
def few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SHARE_ROWS", 25)
    monkeypatch.setattr(batches, "BATCH_ROWS", 100)


@pytest.fixture
def whole(model_run: ModelRun, listings: Path, tmp_path: Path) -> tuple[pl.DataFrame, batches.Tally]:
    tally = predict_file(model_run, listings, tmp_path / "whole.parquet", with_reasons=False, threads=1)
    return pl.read_parquet(tmp_path / "whole.parquet"), tally


def test_prices_do_not_depend_on_the_number_of_threads(whole, model_run, listings, tmp_path) -> None:
    done: list[int] = []
    predict_file(model_run, listings, tmp_path / "again.parquet", with_reasons=False, threads=3, on_rows=done.append)
    assert done == [*range(25, ROWS, 25), ROWS]
    assert pl.read_parquet(tmp_path / "again.parquet").equals(whole[0])


@pytest.mark.parametrize("rows", [25, 100, 1_000])
def test_prices_and_counts_do_not_depend_on_the_number_of_parts(
    rows, whole, model_run, listings, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", rows)
    folder, asked, done = tmp_path / "exchange", [], []

    def last_first(work, parts) -> list[batches.Tally]:
        asked.extend(parts)
        return [work(part) for part in reversed(parts)][::-1]

    tally = predict_partitions(
        model_run, listings, tmp_path / "parts.parquet", with_reasons=False, run_all=last_first, exchange=str(folder),
        on_rows=done.append,
    )  # fmt: skip
    assert done == [*range(rows, ROWS, rows), ROWS]
    assert len(asked) == -(-ROWS // rows)
    assert pl.read_parquet(tmp_path / "parts.parquet").equals(whole[0])
    assert (tally.listings, tally.abstained, tally.unseen()) == (ROWS, whole[1].abstained, whole[1].unseen())
    assert list(folder.iterdir()) == []


def test_no_listings_give_no_rows(whole, model_run, listings, tmp_path) -> None:
    pl.read_parquet(listings).clear().write_parquet(tmp_path / "none.parquet")
    predict_partitions(
        model_run, tmp_path / "none.parquet", tmp_path / "out.parquet", with_reasons=False, run_all=map,
        exchange=str(tmp_path),
    )  # fmt: skip
    assert pl.read_parquet(tmp_path / "out.parquet").equals(whole[0].clear())


def test_nothing_stays_where_a_worker_fails(model_run, listings, tmp_path) -> None:
    def fail(work, parts: list[Partition]) -> list[batches.Tally]:
        raise RuntimeError("the worker is gone")

    with pytest.raises(RuntimeError, match="the worker is gone"):
        predict_partitions(
            model_run,
            listings,
            tmp_path / "out.parquet",
            with_reasons=False,
            run_all=fail,
            exchange=str(tmp_path / "x"),
        )
    assert list((tmp_path / "x").iterdir()) == []
    assert not (tmp_path / "out.parquet").exists()


def test_parts_go_through_an_object_store(whole, bucket, model_run, listings, tmp_path) -> None:
    predict_partitions(
        model_run, listings, tmp_path / "out.parquet", with_reasons=False, run_all=map, exchange=f"{bucket}/x"
    )
    assert pl.read_parquet(tmp_path / "out.parquet").equals(whole[0])
