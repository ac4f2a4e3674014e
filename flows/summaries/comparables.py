"""What is offered like a car: a table of offers, each with what differs."""

from typing import Any

import polars as pl

from flows.show import print_table


def tell_comparables(comparables: pl.DataFrame) -> None:
    """Print a car's comparables as ``comparables_of`` returns them, or nothing where there are none."""
    name = pl.concat_str("make", "model", "trim", separator=" ", ignore_nulls=True)
    differs = pl.Series("what_differs", [_differs(row) for row in comparables.iter_rows(named=True)], pl.String)
    table = comparables.select("price", "model_year", "mileage", name.alias("car"), differs, "comparable_listing_id")
    if table.height:
        print_table(table.rename({"comparable_listing_id": "listing"}), "Offered like it, the most alike first")


def _differs(offer: dict[str, Any]) -> str:
    """Return in words what differs, of what both cars say."""
    months, miles, days = offer["months_older"], offer["miles_more"], offer["days_gone"]
    others = [what for what in ("trim", "descriptor", "region") if offer[f"has_same_{what}"] is False]
    said = [
        f"{abs(months)} months {'older' if months > 0 else 'younger'}" if months else "",
        f"{abs(miles):,.0f} mi {'more' if miles > 0 else 'less'}" if miles else "",
        f"other {' and '.join(others)}" if others else "",
        "" if days is None else f"gone {days} days",
    ]
    return ", ".join(filter(None, said))
