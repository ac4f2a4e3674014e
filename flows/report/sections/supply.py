"""Days' supply: how long the stock of a model lasts at the rate at which its cars went lately."""

from collections.abc import Sequence
from typing import Any

from flows.report.blocks import Block, Cell, Section, Table
from flows.report.source import Source
from flows.report.words import UNKNOWN, count, number

SHOWN = 15

SUPPLY = """
select *
from market_days_supply
where market = $market
order by days_supply is null, live_vehicles desc, make, model, is_new
limit $shown
"""

REASONS = {
    "no_complete_crawls": "no two complete crawls yet",
    "short_history": "fewer than 14 days watched",
    "few_gone": "fewer than five went",
}
COLUMNS = ("Model", "Live vehicles", "Went", "Days' supply", "Median days, live", "Median days, gone", "Why unknown")


def _blocks(source: Source) -> Sequence[Block]:
    rows = [_row(supply) for supply in source.read(SUPPLY, shown=SHOWN).to_dicts()]
    return [Table(f"The {len(rows)} models with most on offer", COLUMNS, rows)]


def _row(supply: dict[str, Any]) -> list[Cell]:
    name = f"{supply['make']} {supply['model']}{', new' if supply['is_new'] else ''}"
    days = supply["days_supply"]
    return [
        Cell(name),
        number(count(supply["live_vehicles"])),
        number(count(supply["gone_vehicles"])),
        number(count(days)),
        number(count(supply["median_days_live"])),
        number(count(supply["median_days_gone"]) if supply["gone_vehicles"] else UNKNOWN),
        Cell(REASONS[supply["supply_reason"]] if days is None else ""),
    ]


SECTION = Section(
    "supply",
    "Supply",
    "Stock divided by the cars that go a day, over the last 45 days; few days mean that cars go fast.",
    _blocks,
)
