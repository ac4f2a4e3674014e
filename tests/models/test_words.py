"""What words of names are worth, and which brands everybody knows."""

import numpy as np
import polars as pl
import pytest

from models.prepare.brands import EXOTIC, LUXURY, brand_class
from models.prepare.words import learn_words, sum_words
from warehouse.normalize.catalog import MAKES

NAMES = ["audi a4 quattro", "audi a4", "bmw 330", "bmw 330 xdrive", "kia rio", "kia rio s"] * 200
WORTH = {"quattro": 0.2, "xdrive": 0.1, "audi": 0.5}


def worth(names: list[str]) -> np.ndarray:
    return np.array([sum(WORTH.get(word, 0.0) for word in name.split()) for name in names])


def test_a_name_never_seen_is_worth_its_words() -> None:
    names = [*NAMES, *["bmw 118 quattro", "kia soul xdrive", "audi a6 x"] * 200]
    effects = learn_words(pl.Series(names), worth(names))
    unseen = sum_words(pl.Series(["bmw 330 quattro", "kia rio", "lada niva"]), effects)
    np.testing.assert_allclose(unseen, [0.2, 0.0, 0.0], atol=0.03)


def test_a_word_of_few_cars_moves_little() -> None:
    names = ["kia rio", "kia soul"] * 300 + ["kia rio gt", "kia soul gt"]
    effects = learn_words(pl.Series(names), np.array([0.0] * 600 + [1.0] * 2))
    assert 0 < effects["gt"] < 0.3


@pytest.mark.parametrize("texts", [[None, None], ["solo", None], []])
def test_where_no_word_is_shared_nothing_is_learned(texts: list[str | None]) -> None:
    names = pl.Series(texts, dtype=pl.String)
    effects = learn_words(names, np.ones(len(texts)))
    assert effects == {}
    assert sum_words(names, effects).tolist() == [0.0] * len(texts)


def test_a_null_and_a_repeated_word_count_as_nothing_and_once() -> None:
    assert sum_words(pl.Series([None, "gt gt"]), {"gt": 0.3}).tolist() == [0.0, 0.3]


def test_every_brand_of_a_class_is_a_make_that_we_know() -> None:
    assert {*EXOTIC, *LUXURY} <= set(MAKES)
    assert not set(EXOTIC) & set(LUXURY)


def test_a_make_has_its_class_in_any_case_and_an_unknown_one_none() -> None:
    makes = pl.DataFrame({"make": ["FERRARI", "bmw", "Lada", None]})
    assert makes.select(brand_class(pl.col("make"))).to_series().to_list() == ["exotic", "luxury", "other", None]
