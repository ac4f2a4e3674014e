"""Features: what they say of a listing, and what they never read."""

from datetime import UTC, datetime

import polars as pl
import pytest

from models.features import COLUMNS, FEATURES, build_features

CAR = {
    "make": "Jeep",
    "model": "Grand  Cherokee",
    "trim": "Limited 4x4",
    "model_year": 2020,
    "mileage": 30_000.0,
    "vin": "1C4RJFBG8LC000000",
    "postal_code": "94403",
    "has_accidents": True,
    "scraped_at": datetime(2025, 7, 2, 12, tzinfo=UTC),
    "asking_price": 25_000.0,
}


def features_of(**changes: object) -> dict[str, object]:
    return build_features(pl.DataFrame([CAR | changes])).row(0, named=True)


def test_age_is_counted_in_years_from_the_model_year_to_the_day_of_the_crawl() -> None:
    assert features_of()["age"] == pytest.approx(5.5, abs=0.01)


def test_a_car_that_nobody_has_crawled_is_as_old_as_today_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASADOR_NOW", "2030-01-01T00:00:00+00:00")
    assert features_of(scraped_at=None)["age"] == pytest.approx(10.0, abs=0.01)


def test_mileage_per_year_of_a_car_of_the_coming_year_is_finite() -> None:
    assert features_of(model_year=2026)["mileage_per_year"] == pytest.approx(30_000 / 0.25)


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("make", "jeep"),
        ("model_line", "jeep grand"),
        ("model_series", "jeep grand cherokee"),
        ("make_model", "jeep grand cherokee"),
        ("make_model_trim", "jeep grand cherokee limited 4x4"),
        ("vin_descriptor", "1C4RJFBG"),
        ("postal_area", "944"),
        ("has_accidents", 1.0),
    ],
)
def test_a_feature_is_read_from_its_columns(feature: str, value: object) -> None:
    assert features_of()[feature] == value


def test_a_trim_in_the_model_and_one_of_its_own_are_the_same_car() -> None:
    together, apart = features_of(model="Civic EX", trim=None), features_of(model="Civic", trim="EX")
    assert together["make_model_trim"] == apart["make_model_trim"]
    assert together["model_series"] == apart["model_series"]


def test_missing_columns_are_unknown() -> None:
    built = build_features(pl.DataFrame({"make": ["Kia", None]}))
    assert built.columns == [feature.name for feature in FEATURES]
    assert built["make"].to_list() == ["kia", None]
    assert built["mileage"].null_count() == built["vin_descriptor"].null_count() == 2


def test_what_cannot_be_read_as_its_type_is_unknown() -> None:
    assert features_of(mileage="many")["mileage"] is None
    assert features_of(mileage=float("inf"))["log_mileage"] is None


@pytest.mark.parametrize("price", [1.0, None, 9e9])
def test_no_feature_depends_on_the_asking_price(price: float | None) -> None:
    badges = {"deal_badge": "Great", "price_changes": 3, "first_asking_price": price, "lowest_asking_price": price}
    assert features_of(asking_price=price, **badges) == features_of()


def test_no_feature_reads_a_column_that_is_not_declared() -> None:
    read = {name for feature in FEATURES for name in feature.expression.meta.root_names()}
    assert read <= {*COLUMNS, "seen_at"}
    assert all(feature.says for feature in FEATURES)
