"""How figures are written in a report, and the cells that hold them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows.report.blocks import Cell

UNKNOWN = "-"


def count(number: float | None) -> str:
    """Return a number without decimals: 12,345."""
    return UNKNOWN if number is None else f"{number:,.0f}"


def money(amount: float | None, currency: str) -> str:
    """Return an amount of money: 12,345 USD."""
    return UNKNOWN if amount is None else f"{amount:,.0f} {currency}"


def share(part: float | None, decimals: int = 1) -> str:
    """Return a share in per cent: 12.3 %."""
    return UNKNOWN if part is None else f"{100 * part:.{decimals}f} %"


def moment(at: datetime | None) -> str:
    """Return a moment in UTC to the minute."""
    return UNKNOWN if at is None else f"{at:%Y-%m-%d %H:%M}"


def age(hours: float | None) -> str:
    """Return an age: in hours, from two days on in days."""
    if hours is None:
        return UNKNOWN
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:,.0f} days"


def car(row: Mapping[str, Any]) -> Cell:
    """Return what names a listing's car, with the listing's address."""
    words = (row["model_year"], row["make"], row["model"], row["trim"])
    return Cell(" ".join(str(word) for word in words if word is not None) or row["listing_id"], row["url"])


def number(text: str) -> Cell:
    """Return a cell that is written to the right."""
    return Cell(text, is_number=True)
