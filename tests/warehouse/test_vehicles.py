"""A car across listings, sellers and sites: vehicles, relists, and the time on the market that survives them."""

from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from warehouse.load import load_landing
from warehouse.refresh import refresh

VIN = "1HGCM82633A004352"
OTHER_SITE = Site("autos.example", Market("us", "USD", "mi"))


def test_one_vin_on_two_sites_is_one_vehicle(crawls):
    crawls.load(0, crawls.car("a", vin=VIN, seller_name="North"), crawls.car("b"))
    crawls.at(crawls.day(2))
    other = LandingWriter(crawls.home.landing, OTHER_SITE)
    other.write(crawls.car("z", "$18,500", vin=VIN, seller_name="South"), page="results")
    other.finish(reason="finished", is_complete=True, scope=["all"])
    load_landing(crawls.connection, crawls.home.landing)
    refresh(crawls.connection)
    query = "select vehicle_id, listing_id, asking_price, listings, live_listings, sites, sellers from vehicles"
    assert crawls.rows(f"{query} order by vehicle_id") == [
        (VIN, "autos.example:z", 18_500, 2, 2, 2, 2),
        ("cars.example:b", "cars.example:b", 20_000, 1, 1, 1, 0),
    ]


def test_a_vehicle_is_described_by_a_live_listing_rather_than_a_gone_one(crawls):
    crawls.load(0, crawls.car("a", vin=VIN), crawls.car("b", "$15,000", vin=VIN))
    for day in (1, 2):
        crawls.load(day, crawls.car("b", "$15,000", vin=VIN))
    assert crawls.row("select listing_id, status, live_listings from vehicles") == ("cars.example:b", "live", 1)


def test_a_new_listing_of_the_same_seller_is_a_relist_and_goes_on_counting_days(crawls):
    crawls.load(0, crawls.car("a", vin=VIN, seller_name="North"))
    crawls.load(10, crawls.car("b", "$18,000", vin=VIN, seller_name="North"))
    crawls.load(12, crawls.car("b", "$17,000", vin=VIN, seller_name="North"))
    assert crawls.rows("select listing_id, previous_listing_id, relisted_at, days_away from relists") == [
        ("cars.example:b", "cars.example:a", crawls.day(10), 10)
    ]
    query = "select first_offered_at, first_seen_at, days_on_market from listings where listing_id = 'cars.example:b'"
    assert crawls.row(query) == (crawls.day(0), crawls.day(10), 12)


def test_another_sellers_listing_of_the_car_is_an_offer_of_its_own(crawls):
    crawls.load(0, crawls.car("a", vin=VIN, seller_name="North"))
    crawls.load(10, crawls.car("b", vin=VIN, seller_name="South"))
    assert crawls.rows("from relists") == []
    assert crawls.rows("select days_on_market from listings order by listing_id") == [(0,), (0,)]


def test_a_car_that_is_offered_again_after_two_months_is_a_new_offer(crawls):
    crawls.load(0, crawls.car("a", vin=VIN))
    crawls.load(90, crawls.car("b", vin=VIN))
    crawls.load(95, crawls.car("b", vin=VIN))
    assert crawls.rows("from relists") == []
    assert crawls.row("select days_on_market from listings where listing_id = 'cars.example:b'") == (5,)


def test_two_listings_of_a_car_side_by_side_are_no_relist(crawls):
    crawls.load(0, crawls.car("a", vin=VIN))
    crawls.load(1, crawls.car("a", vin=VIN), crawls.car("b", vin=VIN))
    crawls.load(2, crawls.car("b", vin=VIN))
    assert crawls.rows("from relists") == []
    assert crawls.rows("select days_on_market from listings order by listing_id") == [(1,), (2,)]


def test_a_listing_that_two_crawls_missed_and_that_comes_back_is_a_relist(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    for day in (1, 2):
        crawls.load(day, crawls.car("b"))
    crawls.load(3, crawls.car("a", "$19,000"), crawls.car("b"))
    query = "select listing_id, previous_listing_id, away_since, relisted_at, days_away from relists"
    assert crawls.rows(query) == [("cars.example:a", "cars.example:a", crawls.day(0), crawls.day(3), 3)]
    assert crawls.row("select days_on_market, status from listings where listing_id like '%:a'") == (3, "live")


def test_a_listing_that_one_crawl_or_only_bad_ones_missed_was_never_away(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    crawls.load(1, crawls.car("b"))
    crawls.load(2, crawls.car("b"), health="partial")
    crawls.load(3, crawls.car("b"), is_complete=False)
    crawls.load(4, crawls.car("a"), crawls.car("b"))
    assert crawls.row("select count(*) from absences") == (1,)
    assert crawls.rows("from relists") == []
