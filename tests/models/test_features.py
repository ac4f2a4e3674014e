"""Features: what they say of a listing, and what they never read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from crawler.errors import UsageError
from models.prepare.feature_page import document
from models.prepare.features import COLUMNS, FAMILIES, FEATURES, blank, build_features, features_of, unlearnable

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "features.md"

CAR = {
    "make": "Jeep",
    "model": "Grand  Cherokee",
    "trim": "Limited 4x4",
    "title": "2020 Jeep Grand Cherokee 4x4 Leather",
    "model_year": 2020,
    "mileage": 30_000.0,
    "vin": "1C4RJFBG8LC000000",
    "postal_code": "94403",
    "has_accidents": True,
    "scraped_at": datetime(2025, 7, 2, 12, tzinfo=UTC),
    "asking_price": 25_000.0,
}


def features_of_car(**changes: object) -> dict[str, object]:
    return build_features(pl.DataFrame([CAR | changes])).row(0, named=True)


def test_age_is_counted_in_years_from_the_model_year_to_the_day_of_the_crawl() -> None:
    assert features_of_car()["age"] == pytest.approx(5.5, abs=0.01)


def test_a_car_that_nobody_has_crawled_is_as_old_as_today_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASADOR_NOW", "2030-01-01T00:00:00+00:00")
    assert features_of_car(scraped_at=None)["age"] == pytest.approx(10.0, abs=0.01)


def test_mileage_per_year_of_a_car_of_the_coming_year_is_finite() -> None:
    assert features_of_car(model_year=2026)["mileage_per_year"] == pytest.approx(30_000 / 0.25)


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
        ("options", "4x4, leather"),
    ],
)
def test_a_feature_is_read_from_its_columns(feature: str, value: object) -> None:
    assert features_of_car()[feature] == value


def test_a_trim_in_the_model_and_one_of_its_own_are_the_same_car() -> None:
    together, apart = features_of_car(model="Civic EX", trim=None), features_of_car(model="Civic", trim="EX")
    assert together["make_model_trim"] == apart["make_model_trim"]
    assert together["model_series"] == apart["model_series"]


def test_missing_columns_are_unknown() -> None:
    built = build_features(pl.DataFrame({"make": ["Kia", None]}))
    assert built.columns == [feature.name for feature in FEATURES]
    assert built["make"].to_list() == ["kia", None]
    assert built["mileage"].null_count() == built["vin_descriptor"].null_count() == 2


def test_what_cannot_be_read_as_its_type_is_unknown() -> None:
    assert features_of_car(mileage="many")["mileage"] is None
    assert features_of_car(mileage=float("inf"))["log_mileage"] is None


@pytest.mark.parametrize("price", [1.0, None, 9e9])
def test_no_feature_depends_on_the_asking_price(price: float | None) -> None:
    badges = {"deal_badge": "Great", "price_changes": 3, "first_asking_price": price, "lowest_asking_price": price}
    assert features_of_car(asking_price=price, **badges) == features_of_car()


def test_no_feature_reads_a_column_that_is_not_declared() -> None:
    read = {name for feature in FEATURES for name in feature.expression.meta.root_names()}
    assert read <= {*COLUMNS, "seen_at"}
    assert all(feature.says for feature in FEATURES)


def test_every_feature_is_of_a_family_and_every_family_has_features() -> None:
    assert {feature.family for feature in FEATURES} == set(FAMILIES)
    assert sorted(features_of(FAMILIES)) == sorted(feature.name for feature in FEATURES)


def test_an_unknown_family_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"family must be one of age_and_use, .*, got 'colour'"):
        features_of(["colour"])


def test_the_page_of_the_features_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document(), "python -m models.prepare.feature_page > docs/features.md"


def test_of_a_title_only_equipment_is_read() -> None:
    title = "2020 Jeep Grand Cherokee Leather 4X4 GREAT DEAL reduced $2,000 to $23,000"
    assert features_of_car(title=title) == features_of_car()


@pytest.mark.parametrize(
    "talk", ["GREAT DEAL", "Priced to sell", "reduced $2,000", "Good Value! Sale", "save € 500 obo"]
)
def test_what_a_trim_says_of_the_price_is_taken_out(talk: str) -> None:
    said = features_of_car(trim=f"Limited {talk} 4x4")
    assert str(said["make_model_trim"]).replace("! ", "") == features_of_car()["make_model_trim"]


def test_a_dealer_stands_under_a_pseudonym_and_nobody_else_at_all() -> None:
    name = "Acme Cars of Springfield"
    dealer = features_of_car(seller_name=name, seller_type="dealer")["seller"]
    assert dealer == features_of_car(seller_name="ACME cars  of Springfield ", seller_type="dealer")["seller"]
    assert dealer != features_of_car(seller_name="Acme", seller_type="dealer")["seller"]
    assert dealer and "acme" not in str(dealer)
    assert [features_of_car(seller_name=name, seller_type=kind)["seller"] for kind in ("private", None)] == [None, None]


def seen_over(days: int) -> pl.DataFrame:
    first = datetime(2025, 1, 1, tzinfo=UTC)
    seen = [{"scraped_at": first + timedelta(days=day), "mileage": 1_000.0 * day} for day in range(days)]
    return build_features(pl.DataFrame([CAR | row for row in seen]))


def test_a_season_is_learned_of_only_where_most_of_a_year_was_seen() -> None:
    assert {"winter", "spring"} <= set(unlearnable(seen_over(60)))
    assert not {"winter", "spring"} & set(unlearnable(seen_over(300)))


def test_a_number_of_one_value_is_not_learned_of_and_one_that_varies_is() -> None:
    names = unlearnable(seen_over(60))
    assert "has_accidents" in names
    assert not {"age", "mileage", "horsepower"} & set(names)


def test_winter_and_spring_are_highest_in_their_middle() -> None:
    assert features_of_car(scraped_at=datetime(2025, 1, 15, tzinfo=UTC))["winter"] == pytest.approx(1, abs=0.01)
    assert features_of_car(scraped_at=datetime(2025, 4, 15, tzinfo=UTC))["spring"] == pytest.approx(1, abs=0.01)
    assert features_of_car(scraped_at=datetime(2025, 7, 15, tzinfo=UTC))["winter"] == pytest.approx(-1, abs=0.01)


def test_blanked_features_are_unknown_and_keep_their_types() -> None:
    built = build_features(pl.DataFrame([CAR]))
    blanked = blank(built, ["mileage", "make"])
    assert blanked.schema == built.schema
    assert [blanked["mileage"][0], blanked["make"][0], blanked["age"][0]] == [None, None, built["age"][0]]
