"""The most similar offers: as near as a search of all pairs finds, and never of the same vehicle."""

import polars as pl
import pytest

from models.predict import similar
from models.predict.similar import NEAREST, most_similar


def offered(**said: list) -> pl.DataFrame:
    """Return offers of one model, alike but for what is said of each."""
    (rows,) = {len(values) for values in said.values()}
    alike = {
        "vehicle_id": [f"vehicle-{number}" for number in range(rows)],
        "asking_price": [20_000.0 + number for number in range(rows)],
        "days_gone": [None] * rows,
        **{name: [value] * rows for name, value in {"make": "Honda", "model": "Civic", "model_year": 2020}.items()},
        "mileage": [30_000.0] * rows,
        "currency": ["USD"] * rows,
    }
    ids = [chr(ord("a") + number) for number in range(rows)]
    return pl.DataFrame({"listing_id": ids, **alike, **said}, schema_overrides={"days_gone": pl.Int32})


def found(listings: pl.DataFrame, listing_id: str = "a") -> pl.DataFrame:
    return most_similar(listings, listings["listing_id"] == listing_id)


def nearest(listings: pl.DataFrame) -> str:
    return "".join(found(listings)["comparable_listing_id"])


def market(cars, rows: int) -> pl.DataFrame:
    return cars(rows).with_columns(days_gone=pl.lit(None, pl.Int32))


def test_the_nearest_come_first_each_at_its_distance():
    rows = found(offered(model_year=[2020, 2016, 2019, 2020], mileage=[30_000, 30_000, 30_000, 10_000]))
    assert rows["rank"].to_list() == [1, 2, 3]
    assert rows["comparable_listing_id"].to_list() == ["c", "d", "b"]
    assert rows["distance"].to_list() == [1.0, 2.77, 4.0], "a year counts 1, half of mileage + 10,000 miles 4 ln 2"


def test_what_a_car_is_counts_as_years_of_age_do():
    bodies = offered(body_style=["sedan", "coupe", "sedan", None], model_year=[2020, 2020, 2018, 2020])
    assert found(bodies)["distance"].to_list() == [0.5, 1.0, 2.0], "one that names no body is half as far as another"
    fuels = offered(
        fuel_type=["gasoline", "hybrid", "gasoline"], trim=["LX", "LX", "EX"], model_year=[2020, 2020, 2021]
    )
    assert nearest(fuels) == "bc"


def test_unknown_age_or_mileage_counts_two_years():
    assert found(offered(mileage=[30_000, None, 30_000]))["distance"].to_list() == [0.0, 2.0]
    assert found(offered(mileage=[None, None, 30_000]))["distance"].to_list() == [2.0, 2.0]


def test_what_differs_is_told():
    listings = offered(
        model_year=[2020, 2019],
        mileage=[30_000, 42_000],
        trim=["LX", "EX"],
        vin=["1HGFC2F50LA000001", "1HGFC2F50KA000002"],
        region=["NY", None],
        seller_type=["dealer", "dealer"],
        seller_name=["Riverbend", "RIVERBEND"],
        days_gone=[None, 12],
    )
    (told,) = found(listings).to_dicts()
    assert told.pop("distance") == pytest.approx(3.05)
    assert told == {
        "listing_id": "a", "rank": 1, "comparable_listing_id": "b", "price": 20_001.0, "currency": "USD",
        "months_older": 12, "miles_more": 12_000.0, "has_same_trim": False, "has_same_descriptor": True,
        "has_same_seller": True, "has_same_region": None, "days_gone": 12,
    }  # fmt: skip


def test_no_listing_is_like_another_of_its_vehicle():
    assert nearest(offered(vehicle_id=["one", "one", "two"])) == "c"


def test_an_ad_of_the_same_car_without_a_vin_is_its_vehicle_too():
    listings = offered(vehicle_id=["a", "b", "c"], mileage=[30_017, 30_017, 31_000])
    assert nearest(listings) == "c", "make, model, year and exact mileage tell that b is a"


def test_a_vehicle_is_offered_once_and_live_where_it_is():
    assert nearest(offered(vehicle_id=["one", "two", "two"], days_gone=[None, 3, None])) == "c"
    assert nearest(offered(vehicle_id=["one", "two", "two"], days_gone=[None, 9, 3])) == "c", "the one that went last"


def test_what_names_no_price_has_similar_offers_and_is_none():
    listings = offered(asking_price=[None, 20_000.0, None])
    assert nearest(listings) == "b"


def test_another_model_of_the_make_is_far_and_another_make_is_none():
    listings = offered(make=["Honda", "Honda", "Honda", "Ford"], model=["Civic", "Accord", "Civic", "Civic"],
                       model_year=[2020, 2020, 2012, 2020])  # fmt: skip
    assert nearest(listings) == "cb"


def test_a_car_alone_or_of_no_make_has_no_similar_offers():
    assert found(offered(mileage=[1_000])).height == 0
    nameless = offered(make=[None, None])
    assert found(nameless).height == 0
    assert found(nameless).schema == found(offered(mileage=[1_000])).schema


def test_looking_among_cars_of_the_same_name_finds_what_all_pairs_have(cars, monkeypatch):
    listings = market(cars, 600)
    everyone = pl.repeat(True, listings.height, dtype=pl.Boolean, eager=True)
    some = most_similar(listings, everyone)
    assert some.group_by("listing_id").len()["len"].unique().to_list() == [NEAREST]
    monkeypatch.setattr(similar, "KINDS", ("make",))
    monkeypatch.setattr(similar, "PAIRS_AT_ONCE", 1_000)
    assert most_similar(listings, everyone).equals(some)


def test_one_listing_has_the_same_alone_as_among_all(cars):
    listings = market(cars, 200)
    every = most_similar(listings, pl.repeat(True, 200, dtype=pl.Boolean, eager=True))
    one = listings["listing_id"][17]
    assert found(listings, one).equals(every.filter(pl.col("listing_id") == one))


def test_similar_offers_tell_the_price_better_than_others_of_the_model(cars):
    listings = market(cars, 400)
    rows = most_similar(listings, pl.repeat(True, 400, dtype=pl.Boolean, eager=True))
    by_rank = rows.group_by("listing_id", maintain_order=True).agg(pl.col("price").median())
    asked = listings.select("listing_id", "model", "asking_price")
    told = by_rank.join(asked, on="listing_id").with_columns(usual=pl.col("asking_price").median().over("model"))
    error, usual = ((told[name].log() - told["asking_price"].log()).abs().median() for name in ("price", "usual"))
    assert error < usual / 2
