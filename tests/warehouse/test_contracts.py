"""Contracts: each check finds its fault, every published table has a key, and keys name one row."""

from typing import Any

import pytest

from crawler.errors import TasadorError
from warehouse.contracts import CHECKS, check


def scored_market(crawls: Any) -> None:
    """Two crawls with a price change, a reject and a scored listing."""
    crawls.load(0, crawls.car("a"), crawls.car("b", "$9,000"), rejects=("no listing",), health="healthy")
    crawls.load(1, crawls.car("a", "$19,000"), crawls.car("c", "Not Priced"), health="healthy")
    crawls.connection.execute(
        """
        insert into model_runs by name select 'run-1' as model_run_id, 'us' as market, 'forest' as estimator;
        insert into promotions by name select 'us' as market, 'run-1' as model_run_id;
        insert into champions by name select 'us' as market, 'run-1' as model_run_id;
        insert into predicted_prices by name
        select listing_id, market, 'run-1' as model_run_id, 1 as lower, 2 as predicted_price, 3 as upper,
        from listings where status = 'live' limit 1
        """
    )


FAULTS = {
    "listings_are_unique": "insert into listings from listings",
    "price_changes_are_unique": "insert into price_changes from price_changes",
    "rejects_are_unique": "update rejects set line_number = null",
    "champions_are_unique": "insert into champions by name select 'us' as market, 'run-1' as model_run_id",
    "listings_are_plausible": "update listings set asking_price = -1",
    "listings_use_known_words": "update listings set fuel_type = 'steam'",
    "payloads_are_parsed_once": "insert into parsed_listings from parsed_listings",
    "price_changes_belong_to_listings": "update price_changes set listing_id = 'another'",
    "reconciliation_adds_up": "update reconciliation set rejected = rejected + 1",
    "crawl_runs_are_reconciled": "delete from reconciliation",
    "crawl_runs_are_plausible": "update crawl_runs set health = 'fine'",
    "rejects_belong_to_crawl_runs": "update rejects set crawl_run_id = 'another'",
    "crawl_health_belongs_to_crawl_runs": "update crawl_health set crawl_run_id = crawl_run_id || '0'",
    "relists_belong_to_listings": "insert into relists by name select '0' as listing_id, now() as relisted_at",
    "vehicles_have_listings": "update vehicles set live_listings = live_listings + 1",
    "champions_are_model_runs": "delete from model_runs",
    "predicted_prices_belong_to_live_listings": "update predicted_prices set model_run_id = 'run-0'",
    "price_history_runs_forward": "update price_history set asked_until = asked_from - interval 1 day",
    "price_drops_are_drops": "update price_drops set last_drop = -last_drop",
    "depreciation_lies_between_its_quartiles": "update depreciation set median_price = 2, upper_quartile = 1",
    "deals_are_rated_or_say_why_not": "update deals set rating = 'bargain'",
    "price_ranks_lie_among_their_offers": "insert into price_rank by name select '0' as listing_id",
    "suspicious_listings_are_live": "insert into suspicious_listings by name select '0' as listing_id, '1' as signal",
    "predicted_prices_lie_in_their_range": "update predicted_prices set lower = 2.5",
}


def test_each_check_finds_its_fault(crawls: Any) -> None:
    scored_market(crawls)
    check(crawls.connection)
    for name, fault in FAULTS.items():
        crawls.connection.begin()
        crawls.connection.execute(fault)
        with pytest.raises(TasadorError, match=f"check {name} failed"):
            check(crawls.connection)
        crawls.connection.rollback()


def test_every_check_is_seen_failing_above() -> None:
    assert {path.stem for path in CHECKS.glob("*.sql")} <= set(FAULTS)


def test_every_check_says_what_must_hold() -> None:
    assert all(path.read_text(encoding="utf-8").startswith("-- ") for path in CHECKS.glob("*.sql"))
