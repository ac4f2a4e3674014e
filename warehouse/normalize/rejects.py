"""Why a payload cannot be a listing: the whole list of reasons. A listing without a price is a listing."""

import polars as pl

from warehouse.normalize.known_words import MAKES_NO_CARS, NOT_A_CAR
from warehouse.normalize.text import plain

NO_CAR = "no car named"  # neither make, model nor title
OTHER_VEHICLE = "not a car"  # it is a motorcycle, a buggy, a boat or a trailer
SHIFTED = "values stand in the wrong columns"  # one of them does, so none of the row is believed
OTHER_CURRENCY = "currency {} is not the market's {}"  # its price cannot be compared with the market's


def is_other_vehicle() -> pl.Expr:
    """Return whether the body is another vehicle's, or the name begins with one ("Remolques") or its maker."""
    body, name = plain(pl.col("body_style")), plain(pl.coalesce("make", "headline"))
    opening = rf"^(?:{NOT_A_CAR}|(?:{MAKES_NO_CARS})\b)"
    return pl.any_horizontal(body.str.contains(NOT_A_CAR), name.str.contains(opening))


def reject_reason() -> pl.Expr:
    """Return the first reason that holds, null where the payload can be a listing.

    Reads the parsed make, model, title, asking_price and currency (the market's), and besides ``named_currency``, the
    code that the page names, ``is_other_vehicle``, and whether each field "is shifted".
    """
    market, named = pl.col("currency"), pl.col("named_currency")
    return (
        pl.when(pl.all_horizontal(pl.col("make", "model", "title").is_null()))
        .then(pl.lit(NO_CAR))
        .when(pl.any_horizontal(pl.col("^.* is shifted$")))
        .then(pl.lit(SHIFTED))
        .when("is_other_vehicle")
        .then(pl.lit(OTHER_VEHICLE))
        .when(pl.col("asking_price").is_not_null() & (named != market))
        .then(pl.format(OTHER_CURRENCY, named, market))
    )
