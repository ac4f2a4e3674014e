"""The ensemble as a model run: learned after its parts, on their out-of-fold prices, and needing them no more."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.estimators.ensemble import Ensemble
from models.model_runs.ensemble import EnsembleMember
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from models.train.training import train
from models.train.weights import fit_ensemble

PARTS = ("baseline", "forest", "boosting")
FOLDS = 3


@pytest.fixture(scope="module")
def trained(cars, tmp_path_factory) -> dict[str, ModelRun]:
    """The model runs of three parts and their ensemble; never to be changed."""
    folder = tmp_path_factory.mktemp("ensemble")
    cars(900).write_parquet(folder / "snapshot.parquet")
    recipes = [Recipe(folder / "snapshot.parquet", "demo", name, FOLDS) for name in PARTS]
    parts = [make_model_run(recipe, folder / "models", lambda done: None) for recipe in recipes]
    recipe = Recipe(folder / "snapshot.parquet", "demo", "ensemble", FOLDS, parts=tuple(parts))
    ensemble = make_model_run(recipe, folder / "models", lambda done: None)
    return {name: open_model_run(run) for name, run in zip((*PARTS, "ensemble"), (*parts, ensemble), strict=True)}


@pytest.fixture(scope="module")
def rows(trained) -> pl.DataFrame:
    return pl.read_parquet(trained["ensemble"].manifest.snapshot.path)


def _members(model_run: ModelRun) -> list[EnsembleMember]:
    return [member for member in model_run.members if isinstance(member, EnsembleMember)]


def test_the_ensemble_is_a_model_run_like_any_other(trained) -> None:
    manifest = trained["ensemble"].manifest
    assert manifest.out_of_fold.log_mae < 1.01 * min(trained[name].manifest.out_of_fold.log_mae for name in PARTS)
    assert manifest.holdout.rows == trained["forest"].manifest.holdout.rows
    assert 0.6 < manifest.holdout_coverage < 0.95
    assert sum(manifest.parameters.values()) == pytest.approx(1)
    assert trained["ensemble"].outliers.columns == ["fold", "listing_id", "reason"]
    assert manifest.history == [{}] * FOLDS


def test_a_vehicle_in_training_gets_its_out_of_fold_price_and_a_held_out_one_its_holdout_price(trained, rows) -> None:
    ensemble = trained["ensemble"]
    prices = dict(predict(ensemble, rows).select("listing_id", "predicted_price").iter_rows())
    for table in (ensemble.out_of_fold, ensemble.holdout):
        asked = [prices[listing_id] for listing_id in table["listing_id"]]
        np.testing.assert_allclose(asked, table["predicted_price"], rtol=1e-12)


def test_a_price_is_the_weighted_mean_of_the_parts_prices_by_the_members_that_never_saw_the_car(trained) -> None:
    ensemble = trained["ensemble"]
    for fold, member in enumerate(_members(ensemble)):
        mine = pl.col("fold") == fold
        log_price = sum(
            weight * trained[name].out_of_fold.filter(mine)["predicted_price"].log()
            for name, weight in member.parameters.items()
        )
        np.testing.assert_allclose(ensemble.out_of_fold.filter(mine)["predicted_price"].log(), log_price, rtol=1e-12)


def test_no_car_has_a_say_in_the_weights_that_price_it(trained, tmp_path) -> None:
    parts = [ModelRun(Path(shutil.copytree(trained[name].folder, tmp_path / name)), trained[name].manifest)
             for name in ("forest", "boosting")]  # fmt: skip
    before = fit_ensemble(parts, lambda done: None)
    as_forest = pl.when(pl.col("fold") == 1).then(parts[0].out_of_fold["predicted_price"]).otherwise("asking_price")
    for part in parts:
        changed = part.out_of_fold.with_columns(as_forest.alias("asking_price"))
        changed.write_parquet(part.folder / "out_of_fold.parquet")
    after = fit_ensemble(parts, lambda done: None)
    same = [one.parameters == other.parameters for one, other in zip(before, after, strict=True)]
    assert same == [False, True, False]


def test_the_ensemble_outlives_its_parts(trained, rows, tmp_path) -> None:
    before = predict(trained["ensemble"], rows)
    models = Path(shutil.copytree(trained["ensemble"].folder.parent, tmp_path / "demo"))
    for name in PARTS:
        shutil.rmtree(models / trained[name].folder.name)
    alone = open_model_run(models / trained["ensemble"].folder.name)
    assert predict(alone, rows).equals(before)


def test_an_ensemble_beside_its_parts_takes_no_further_disk_for_their_files(trained) -> None:
    name = next(iter(_members(trained["ensemble"])[0].parameters))
    mine, theirs = trained["ensemble"].folder / "member_0" / name, trained[name].folder / "member_0"
    assert all((mine / path.name).samefile(path) for path in theirs.iterdir())


def test_files_are_copied_where_the_file_system_has_no_hard_links(trained, tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("hard links are not supported")

    monkeypatch.setattr("os.link", refuse)
    member = _members(trained["ensemble"])[0]
    member.save(tmp_path / "member")
    assert EnsembleMember.load(tmp_path / "member").parameters == member.parameters


def test_an_empty_table_gets_no_price(trained) -> None:
    assert _members(trained["ensemble"])[0].predict(pl.DataFrame({"make": []})).shape == (0,)


def test_parts_of_different_snapshots_are_refused(trained, make_manifest) -> None:
    other = ModelRun(trained["forest"].folder, make_manifest())
    with pytest.raises(ValueError, match="parts must have one snapshot"):
        fit_ensemble([trained["forest"], other], lambda done: None)


def test_a_part_without_weight_is_left_out(tmp_path) -> None:
    EnsembleMember(Ensemble().fit([[1.0]], [1.0]), {}).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"member.json", "ensemble.json"}


def test_training_makes_the_ensemble_last_of_what_was_trained(snapshot, tmp_path) -> None:
    told: list[str] = []
    runs = train(
        snapshot(400),
        "demo",
        tmp_path / "models",
        estimators=("ensemble", "baseline", "forest"),
        folds=2,
        on_progress=lambda estimator, done, folds: told.append(estimator),
    )
    assert [(run.estimator, run.failure) for run in runs] == [(n, None) for n in ("ensemble", "baseline", "forest")]
    assert told[-2:] == ["ensemble", "ensemble"]


@pytest.mark.parametrize(("rows", "reason"), [(150, "it takes 200"), (400, "two trained estimators, got 1")])
def test_without_two_parts_there_is_no_ensemble(snapshot, tmp_path, rows, reason) -> None:
    baseline, ensemble = train(snapshot(rows), "demo", tmp_path, estimators=("baseline", "ensemble"), folds=2)
    assert baseline.failure is None
    assert ensemble.failure is not None and reason in ensemble.failure
