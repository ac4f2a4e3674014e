"""The invented market: what its price law promises, what its days bring, and what a real table becomes in it."""

import math
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import mean, pstdev

import pytest

from crawler.demo_market.ads import ODD_MAKE, advertise
from crawler.demo_market.cars import Car, invent_car
from crawler.demo_market.catalogue import MODELS
from crawler.demo_market.market import Market
from crawler.demo_market.price_law import NOISE, asked, list_price, true_price
from crawler.demo_market.vins import check_digit, misread
from crawler.errors import UsageError

CARS = [invent_car(7, number) for number in range(300)]


def _dollars(words: str | None) -> int | None:
    return int(words.lstrip("$").replace(",", "")) if words and words.startswith("$") else None


@pytest.mark.parametrize(
    "worse",
    [
        lambda car: replace(car, model_year=car.model_year - 1),
        lambda car: replace(car, mileage=car.mileage + 5_000),
        lambda car: replace(car, accidents=car.accidents + 1),
        lambda car: replace(car, seller_type="private") if car.seller_type == "dealer" else None,
        lambda car: replace(car, trim=car.model.trims[0]) if car.trim != car.model.trims[0] else None,
        lambda car: replace(car, condition="used") if car.condition != "used" else None,
        lambda car: replace(car, region="MI") if car.region != "MI" else None,
    ],
    ids=["older", "more miles", "an accident", "private", "lower trim", "used", "cheaper region"],
)
def test_what_makes_a_car_worse_makes_it_cheaper(worse) -> None:  # type: ignore[no-untyped-def]
    pairs = [(car, worse(car)) for car in CARS if worse(car)]
    assert len(pairs) > 50
    assert all(true_price(other) < true_price(car) for car, other in pairs)


def test_the_law_is_the_formula_of_its_docstring() -> None:
    camry = next(model for model in MODELS if model.name == "Camry")
    car = replace(
        CARS[0], model=camry, trim="XLE", engine=camry.engines[1], drivetrain="AWD", model_year=2022, mileage=50_000,
        condition="used", accidents=1, is_rebuilt=False, seller_type="dealer", region="CA",
    )  # fmt: skip
    new = 27_000 * 1.15 * 1.09 * 1.05
    assert list_price(car) == pytest.approx(new)
    assert true_price(car) == pytest.approx(new * math.exp(-0.085 * 4 - 0.35 * 0.04) * 1.05 * 0.91 * 0.92)


def test_sellers_ask_the_true_price_but_for_the_noise_of_the_law() -> None:
    errors = [math.log(asked(car, Random(car.number)) / true_price(car)) for car in CARS]
    assert mean(errors) == pytest.approx(0, abs=0.015)
    assert pstdev(errors) == pytest.approx(NOISE, rel=0.15)


def test_prices_are_plausible() -> None:
    prices = sorted(true_price(car) for car in CARS)
    assert 700 < prices[0] < prices[-1] < 150_000
    assert 15_000 < prices[len(prices) // 2] < 35_000


def test_vins_are_unique_and_their_check_digit_is_right() -> None:
    assert len({car.vin for car in CARS}) == len(CARS)
    assert all(len(car.vin) == 17 and car.vin[8] == check_digit(car.vin) for car in CARS)
    assert check_digit("1M8GDM9AXKP042788") == "X"  # the worked example of 49 CFR 565
    assert all(misread(car.vin)[8] != check_digit(misread(car.vin)) for car in CARS)


def test_the_same_seed_is_the_same_market_and_another_seed_another() -> None:
    assert dict(Market(100, seed=1).on(4)) == dict(Market(100, seed=1).on(4))
    assert dict(Market(100, seed=1).on(4)) != dict(Market(100, seed=2).on(4))


def test_a_day_needs_no_day_before_it() -> None:
    walked = Market(100)
    for day in range(5):
        walked.on(day)
    assert dict(walked.on(5)) == dict(Market(100).on(5))


def test_day_0_has_as_many_cars_as_asked_for() -> None:
    assert len(Market(137).on(0)) == 137


def test_every_day_cars_are_sold_and_new_ones_come() -> None:
    market = Market(2_000)
    for day in range(1, 6):
        before, after = set(market.on(day - 1)), set(market.on(day))
        assert 0.015 < len(before - after) / len(before) < 0.05
        assert 0.02 < len(after - before) / len(before) < 0.06


def test_a_sold_car_was_listed_and_an_unknown_one_was_not() -> None:
    market = Market(500)
    today, sold = market.on(3), set(market.on(2)) - set(market.on(3))
    assert sold
    assert all(today.was_listed(source_id) and source_id not in today for source_id in sold)
    later = set(market.on(4)) - set(today)
    assert not any(today.was_listed(source_id) for source_id in (*later, "1", "99999999", "../etc", ""))
    with pytest.raises(KeyError):
        today[sold.pop()]


def test_a_relisted_car_keeps_its_vin_and_gets_a_new_id() -> None:
    market = Market(500)
    before, after = market.on(0), market.on(6)
    relisted = [source_id for source_id in after if int(source_id) % 2]
    assert relisted
    for source_id in relisted:
        first_id = str(int(source_id) - 1)
        assert first_id not in after
        assert after.was_listed(first_id)
        assert source_id not in before
        assert market.car(source_id) == market.car(first_id)


def test_a_price_cut_is_lower_and_changes_nothing_else() -> None:
    market = Market(1_000)
    before, after = market.on(0), market.on(1)
    both = [(before[source_id], after[source_id]) for source_id in before if source_id in after]
    assert all(replace(new, price=old.price) == old for old, new in both)
    pairs = [(_dollars(old.price), _dollars(new.price)) for old, new in both if old.price != new.price]
    assert 0.03 < len(pairs) / len(both) < 0.07
    assert all(new is not None and old is not None and new < old for old, new in pairs)


def test_ads_are_as_dirty_as_documented() -> None:
    market = Market(4_000)
    today = market.on(0)
    ads = [(market.car(source_id), ad) for source_id, ad in today.items()]
    unpriced = [ad.price for _, ad in ads if _dollars(ad.price) is None]
    typos = [ad for car, ad in ads if (_dollars(ad.price) or 0) > 5 * true_price(car)]
    odd_makes = [ad for car, ad in ads if ad.make != car.model.make]
    assert set(unpriced) == {"Not Priced", "Call for price"}
    assert 20 < len(unpriced) < 65
    assert 4 < len(typos) < 25
    assert len(odd_makes) / len(ads) == pytest.approx(ODD_MAKE * 0.97, abs=0.012)  # BMW in capitals is not odd
    assert any(ad.vin and ad.vin[8] != check_digit(ad.vin) for _, ad in ads)
    assert {"\u2013", None} < {ad.trim for _, ad in ads}
    assert any((ad.mileage or "").endswith("k mi") for _, ad in ads)


def test_some_cars_are_offered_by_two_sellers() -> None:
    market = Market(2_000)
    cars: dict[str, list[Car]] = {}
    for source_id in market.on(0):
        car = market.car(source_id)
        cars.setdefault(car.vin, []).append(car)
    twice = [pair for pair in cars.values() if len(pair) > 1]
    assert 15 < len(twice) < 70
    assert all(len({car.seller for car in pair}) > 1 for pair in twice)


def test_a_private_seller_has_no_name() -> None:
    private = [advertise(car, Random(1), 0) for car in CARS if car.seller_type == "private"]
    assert private
    assert all(ad.seller_type == "Private" and ad.seller_name is None for ad in private)


def test_the_real_table_adds_up(shared_data: Path) -> None:
    counts = Market.from_table(shared_data / "cars_com_dealers.csv").counts
    assert counts.rows == 9_379 == counts.exact_duplicates + counts.repeated_vehicles + counts.listings
    assert (counts.exact_duplicates, counts.repeated_vehicles, counts.listings) == (872, 33, 8_474)
    assert counts.unpriced == 4  # five rows, one of them an exact duplicate


def test_of_a_tables_rows_exact_duplicates_go_and_the_last_of_a_vehicle_stays(tmp_path: Path) -> None:
    path = tmp_path / "listings.csv"
    path.write_text("vin,make,price\nA1,Ford,1\nA1,Ford,1\nA1,Ford,2\n,Kia,POA\n,Kia,3\n")
    market = Market.from_table(path)
    assert [ad.price for ad in market.on(0).values()] == ["2", "POA", "3"]
    assert dict(market.on(5)) == dict(market.on(0))
    counts = market.counts
    assert (counts.rows, counts.exact_duplicates, counts.repeated_vehicles, counts.listings, counts.unpriced) == (
        5, 1, 1, 3, 1,
    )  # fmt: skip


def test_a_table_that_is_missing_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.csv cannot be read"):
        Market.from_table(tmp_path / "nothing.csv")
