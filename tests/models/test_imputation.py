"""Imputation: nothing known is touched, nothing missing is left, and what is filled beats the middle."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from skops.io.exceptions import UntrustedTypesFoundException

from crawler.errors import TasadorError
from models.prepare.imputation import ChainedImputer

CATEGORICAL = (2, 3)


def table(rows: int = 600, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Return cars of invented engines (litres, power, model code, fuel code), and the same with cells missing."""
    random = np.random.default_rng(0)
    model = random.integers(0, 12, rows)
    liters = 1 + model / 4
    whole = np.column_stack([liters, 80 * liters + random.normal(0, 5, rows), model, model % 3])
    holes = whole.copy()
    holes[random.random(whole.shape) < share] = np.nan
    return whole, holes


def imputer(**changes: int) -> ChainedImputer:
    return ChainedImputer(categorical_features=CATEGORICAL, n_trees=5, **changes)


@parametrize_with_checks([ChainedImputer(n_trees=2)])
def test_scikit_learns_checks_pass(estimator: ChainedImputer, check) -> None:
    check(estimator)


def test_what_is_known_stays_and_what_is_missing_is_filled() -> None:
    _, holes = table()
    filled = imputer().fit_transform(holes)
    known = ~np.isnan(holes)
    np.testing.assert_array_equal(filled[known], holes[known])
    assert np.isfinite(filled).all()


def test_numbers_and_categories_are_told_from_each_other() -> None:
    whole, holes = table()
    filled, missing = imputer().fit_transform(holes), np.isnan(holes)
    errors = (filled - whole)[:, 1][missing[:, 1]]
    assert np.sqrt(np.mean(errors**2)) < 0.3 * whole[:, 1].std()
    right = (filled == whole)[:, 2][missing[:, 2]]
    assert right.mean() > 0.8  # the commonest of twelve would be right in one of twelve


def test_a_category_is_only_ever_filled_with_a_code_of_training() -> None:
    _, holes = table()
    filled = imputer().fit(holes[:300]).transform(holes[300:])
    assert set(filled[:, 2]) <= set(range(12))


def test_rows_with_nothing_known_and_columns_never_known_are_filled() -> None:
    _, holes = table()
    holes = np.column_stack([holes, np.full(len(holes), np.nan)])
    fitted = imputer().fit(holes)
    assert np.isfinite(fitted.transform(np.full((3, 5), np.nan))).all()
    assert (fitted.transform(holes)[:, 4] == 0).all()


def test_a_row_is_filled_alike_alone_and_among_others() -> None:
    _, holes = table()
    fitted = imputer().fit(holes)
    np.testing.assert_array_equal(fitted.transform(holes)[7:9], fitted.transform(holes[7:9]))


def test_the_same_seed_fills_the_same_and_rows_to_score_teach_nothing() -> None:
    _, holes = table()
    first, again = imputer().fit(holes[:400]), imputer().fit(holes[:400])
    first.transform(holes[400:] * 100)
    np.testing.assert_array_equal(first.transform(holes), again.transform(holes))


def test_more_rows_than_the_limit_are_sampled() -> None:
    _, holes = table(rows=2_000)
    fitted = imputer(max_rows=100).fit(holes)
    assert max(tree.tree_.n_node_samples[0] for forest in fitted.forests_ for tree in forest) <= 100
    assert np.isfinite(fitted.transform(holes)).all()


def test_columns_that_are_not_imputed_stay_and_help() -> None:
    _, holes = table()
    filled = ChainedImputer(CATEGORICAL, imputed_features=(1,), n_trees=5).fit_transform(holes)
    assert np.isfinite(filled[:, 1]).all()
    np.testing.assert_array_equal(filled[:, [0, 2, 3]], holes[:, [0, 2, 3]])


def test_a_saved_imputer_fills_the_same(tmp_path: Path) -> None:
    _, holes = table()
    fitted = imputer().fit(holes)
    fitted.save(tmp_path / "imputation.skops")
    loaded = ChainedImputer.load(tmp_path / "imputation.skops")
    np.testing.assert_array_equal(loaded.transform(holes), fitted.transform(holes))


def test_a_saved_imputer_with_a_damaged_tree_is_refused(tmp_path: Path) -> None:
    _, holes = table()
    fitted = imputer().fit(holes)
    fitted.forests_[0][0].tree_.feature[0] = 999
    fitted.save(tmp_path / "imputation.skops")
    with pytest.raises(TasadorError, match="damaged tree"):
        ChainedImputer.load(tmp_path / "imputation.skops")


def test_a_saved_imputer_with_a_foreign_type_is_refused(tmp_path: Path) -> None:
    _, holes = table()
    fitted = imputer().fit(holes)
    fitted.forests_.append(pytest.approx(1))
    fitted.save(tmp_path / "imputation.skops")
    with pytest.raises(UntrustedTypesFoundException):
        ChainedImputer.load(tmp_path / "imputation.skops")


def test_without_a_round_the_middles_are_filled_in() -> None:
    _, holes = table()
    filled, missing = imputer(rounds=0).fit_transform(holes), np.isnan(holes)
    assert set(filled[missing[:, 1], 1]) == {np.nanmedian(holes[:, 1])}
