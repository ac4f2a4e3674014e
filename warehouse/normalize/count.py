"""Small counts and ratings: doors, seats, owners, stars; bare ("5") or with their own word ("5 Doors")."""

import polars as pl

from warehouse.normalize.number import number, whole, within
from warehouse.normalize.text import plain

DOORS = r"doors?|dr|turen|turer|puertas|portes"
SEATS = r"seats?|seater|passengers?|sitze|sitzplatze|plazas|asientos|places"
OWNERS = r"(?:previous )?owners?|vorbesitzer|halter|duenos?|proprietaires?"


def doors(text: pl.Expr) -> pl.Expr:
    """Return the number of doors, 1 to 7; "4/5" is not understood, nor is "5 Seats" among the doors."""
    return within(_count(text, DOORS), 1, 7)


def seats(text: pl.Expr) -> pl.Expr:
    """Return the number of seats, 1 to 30."""
    return within(_count(text, SEATS), 1, 30)


def owners(text: pl.Expr) -> pl.Expr:
    """Return the number of owners so far, 0 to 30."""
    return within(_count(text, OWNERS), 0, 30)


def stars(text: pl.Expr) -> pl.Expr:
    """Return the rating, 0 to 5; a rating above that is on another scale, and null."""
    return within(number(plain(text).str.extract(r"^([\d.,]+)(?:\s*(?:stars?|/\s*5|out of 5))?$")), 0, 5)


def _count(text: pl.Expr, unit: str) -> pl.Expr:
    return whole(number(plain(text).str.extract(rf"^(\d+(?:\.0)?)[ -]?(?:(?:{unit})\b.*)?$")))
