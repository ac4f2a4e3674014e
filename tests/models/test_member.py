"""Members: any listing gets a price, a saved member gives the same ones, and learning beats the baseline."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from crawler.errors import UsageError
from models.estimators import LEARNER_NAMES
from models.model_runs.member import Member

Cars = Callable[..., pl.DataFrame]
NETWORK = {"hidden": [32], "members": 2, "epochs": 20, "batch_size": 64, "learning_rate": 0.01}
PARAMS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "forest": {"n_trees": 50},
    "boosting": {"iterations": 200, "learning_rate": 0.1},
    "keras_network": NETWORK,
    "torch_network": NETWORK,
}


@pytest.fixture(scope="module", params=LEARNER_NAMES)
def member(request: pytest.FixtureRequest, cars: Cars) -> Member:
    return Member(request.param, params=PARAMS[request.param]).fit(cars(800))


def error(member: Member, listings: pl.DataFrame) -> float:
    prices = listings["asking_price"].to_numpy()
    return float(np.median(np.abs(member.predict(listings) - prices) / prices))


def test_prices_come_near_and_learning_beats_the_baseline(member: Member, cars: Cars) -> None:
    unseen = cars(400, seed=1)
    baseline = error(Member("baseline").fit(cars(800)), unseen)
    assert member.estimator == "baseline" or error(member, unseen) < min(0.12, baseline)


@pytest.mark.parametrize(
    "listings",
    [
        pl.DataFrame({"make": ["Trabant"], "model": ["601"]}),
        pl.DataFrame({"title": ["nothing is known of this one", "nor of this"]}),
        pl.DataFrame({"make": ["Honda", None], "mileage": [None, 1e12], "model_year": [None, 1899]}),
        pl.DataFrame({"make": []}, schema={"make": pl.String}),
    ],
)
def test_every_listing_gets_a_price(member: Member, listings: pl.DataFrame) -> None:
    prices = member.predict(listings)
    assert prices.shape == (len(listings),)
    assert np.isfinite(prices).all() and (prices > 0).all()


def test_a_saved_member_gives_the_same_prices(member: Member, cars: Cars, tmp_path: Path) -> None:
    member.save(tmp_path / "member")
    loaded = Member.load(tmp_path / "member")
    listings = cars(100, seed=2)
    tolerance = 1e-5 if "network" in member.estimator else 0.0
    np.testing.assert_allclose(loaded.predict(listings), member.predict(listings), rtol=tolerance)
    assert loaded.history == member.history
    assert loaded.outliers.equals(member.outliers)


def test_no_file_of_a_saved_member_is_a_pickle(member: Member, tmp_path: Path) -> None:
    member.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".json", ".skops", ".cbm", ".safetensors"}


def test_learners_keep_their_learning_curves(member: Member) -> None:
    if member.estimator in ("baseline", "forest"):
        assert member.history == {}
    else:
        assert len(member.history["train"]) == len(member.history["validation"]) > 1


def test_a_folder_that_names_another_class_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "member.json").write_text('{"estimator": "os:system", "seed": 0, "threads": 1, "params": {}}')
    with pytest.raises(UsageError, match="estimator must be one of"):
        Member.load(tmp_path)


def test_an_outlier_is_left_out_of_training_and_scored_all_the_same(cars: Cars) -> None:
    listings = cars(800)
    absurd = listings.with_columns(
        asking_price=pl.when(pl.int_range(pl.len()) == 3).then(9e8).otherwise(pl.col("asking_price") * 1.0)
    )
    member = Member("boosting", params=PARAMS["boosting"]).fit(absurd)
    assert member.outliers["listing_id"].to_list() == [listings["listing_id"][3]]
    assert member.predict(absurd[3:4])[0] < 3 * listings["asking_price"][3]


def test_params_reach_the_estimator_before_ours(cars: Cars) -> None:
    member = Member("forest", seed=5, threads=2, params={"n_trees": 3}).fit(cars(50))
    assert (member.fitted.n_trees, member.fitted.random_state, member.fitted.n_threads) == (3, 5, 2)
