"""Small counts and ratings: doors, seats, owners, stars; bare ("5") or with their own word ("5 Doors")."""

import polars as pl

from warehouse.normalize.number import number, where, whole, within
from warehouse.normalize.text import plain

DOORS = r"doors?|dr|tur(?:en|er|ig)|puertas|portes"
SEATS = r"seats?|seater|passengers?|sitz(?:e|er|platze)|plazas|asientos|places"
OWNERS = r"(?:previous )?owners?|vorbesitzer|halter|duenos?|proprietaires?|hand|main"
FIRST_OWNER = r"^(?:one|single|first)[ -]owner|^(?:erste hand|unico dueno|premiere main)\b"


def doors(text: pl.Expr) -> pl.Expr:
    """Return the number of doors, 1 to 7; "4/5" is not understood, nor is "5 Seats" among the doors."""
    return within(_count(text, DOORS), 1, 7)


def seats(text: pl.Expr) -> pl.Expr:
    """Return the number of seats, 1 to 30."""
    return within(_count(text, SEATS), 1, 30)


def owners(text: pl.Expr) -> pl.Expr:
    """Return the number of owners so far, 0 to 30."""
    first = where(pl.lit(1, pl.Int64), plain(text).str.contains(FIRST_OWNER))
    return pl.coalesce(within(_count(text, OWNERS), 0, 30), first)


def stars(text: pl.Expr) -> pl.Expr:
    """Return the rating, 0 to 5; a rating above that is on another scale, and null."""
    return within(
        number(plain(text).str.extract(r"^([\d.,]+)(?: ?(?:/ ?5|out of 5))?(?: ?stars?)?(?: ?\(.*\))?$")), 0, 5
    )


def _count(text: pl.Expr, unit: str) -> pl.Expr:
    return whole(number(plain(text).str.extract(rf"^(\d+(?:\.0)?)(?:(?:st|nd|rd|th|\.|e)? ?-?(?:{unit})\b.*)?$")))
