"""Gradient boosting on native categories and missing values, by CatBoost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import catboost
import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = npt.NDArray[np.float64]


class Boosting(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """CatBoost with a part of the rows held out to stop by; the trees of the best iteration are kept.

    Parameters
    ----------
    categorical_features : positions of the columns that hold category codes (whole numbers, any sign)
    iterations, learning_rate, depth, l2_leaf_reg, column_share : as CatBoost's, the last its ``rsm``
    one_hot_max_size : categories of at most so many values are one-hot, others become target statistics
    validation_share, patience : rows held out, and iterations without gain after which training stops
    n_threads, random_state : threads used, and the seed
    """

    preparation = "native"
    target = "residual"

    def __init__(
        self,
        categorical_features: Sequence[int] = (),
        iterations: int = 3000,
        learning_rate: float = 0.1,
        depth: int = 6,
        l2_leaf_reg: float = 3.0,
        column_share: float = 0.5,
        one_hot_max_size: int = 16,
        validation_share: float = 0.1,
        patience: int = 150,
        n_threads: int = 1,
        random_state: int = 0,
    ) -> None:
        self.categorical_features = categorical_features
        self.iterations = iterations
        self.learning_rate = learning_rate
        self.depth = depth
        self.l2_leaf_reg = l2_leaf_reg
        self.column_share = column_share
        self.one_hot_max_size = one_hot_max_size
        self.validation_share = validation_share
        self.patience = patience
        self.n_threads = n_threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Boost on X of shape (n, p), NaN allowed, and y of shape (n,)."""
        X, y = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2, y_numeric=True
        )
        train, validation, y_train, y_validation = train_test_split(
            X, y, test_size=self.validation_share, random_state=self.random_state
        )
        self.trees_ = self._trees().fit(
            catboost.Pool(self._frame(train), y_train, cat_features=self._categorical()),
            eval_set=catboost.Pool(self._frame(validation), y_validation, cat_features=self._categorical()),
            early_stopping_rounds=self.patience,
        )
        curves = self.trees_.get_evals_result()
        self.history_ = {"train": list(curves["learn"]["RMSE"]), "validation": list(curves["validation"]["RMSE"])}
        return self

    def predict(self, X: Any) -> Floats:
        """Return the boosted sum for each row, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        pool = catboost.Pool(self._frame(X), cat_features=self._categorical())
        return np.asarray(self.trees_.predict(pool, thread_count=self.n_threads))

    def contributions(self, X: Any, groups: Floats) -> Floats:
        """Return what each group of columns adds to the sum, and last the mean in training, shape (n, groups + 1).

        ``groups``, shape (p, groups), is 1 where a column belongs to a group. They are sums of CatBoost's own SHAP
        values (Lundberg et al. 2018).
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        pool = catboost.Pool(self._frame(X), cat_features=self._categorical())
        values = self.trees_.get_feature_importance(pool, type="ShapValues", thread_count=self.n_threads)
        return np.column_stack([values[:, :-1] @ groups, values[:, -1]])

    def save(self, folder: Path) -> None:
        """Write boosting.cbm into an existing folder."""
        self.trees_.save_model(str(folder / "boosting.cbm"))

    def restore(self, folder: Path) -> Self:
        """Take up what ``save`` wrote; the parameters must be those of the saved one."""
        self.trees_ = catboost.CatBoostRegressor().load_model(str(folder / "boosting.cbm"))
        self.n_features_in_ = len(self.trees_.feature_names_)
        return self

    def _trees(self) -> Any:
        return catboost.CatBoostRegressor(
            iterations=self.iterations,
            learning_rate=self.learning_rate,
            depth=self.depth,
            l2_leaf_reg=self.l2_leaf_reg,
            rsm=self.column_share,
            one_hot_max_size=self.one_hot_max_size,
            max_ctr_complexity=1,  # combinations of categories predict ten times slower and their files are large
            random_seed=self.random_state,
            thread_count=self.n_threads,
            allow_const_label=True,
            allow_writing_files=False,
            verbose=False,
        )

    def _categorical(self) -> list[str]:
        return [f"column_{position}" for position in self.categorical_features]

    def _frame(self, X: Floats) -> pl.DataFrame:
        """Return the matrix as CatBoost wants mixed columns: category codes as whole numbers."""
        frame = pl.DataFrame(X, schema=[f"column_{position}" for position in range(X.shape[1])])
        return frame.with_columns(pl.col(self._categorical()).cast(pl.Int32)) if self.categorical_features else frame

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
