"""Money: "$20,997", "20.300", "£15,999", "u$s6.800", "1,2 M". Words in place of a price ("Not Priced") are null."""

import re

import polars as pl

from warehouse.normalize.number import MULTIPLIER, NUMBER, factor, number, within
from warehouse.normalize.text import tidy

# What a sign says about the currency. A bare $ or kr says nothing: many countries use it.
SIGNS = {
    "us$": "USD", "u$s": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "r$": "BRL",
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "₦": "NGN", "₹": "INR", "₽": "RUB", "₺": "TRY", "zł": "PLN",
    "fr.": "CHF", "$": None, "¥": None, "kr": None,
}  # fmt: skip
CODES = (
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "COP", "MXN", "ARS", "CLP", "PEN", "BRL", "NGN", "ZAR", "INR",
    "JPY", "CNY", "PLN", "CZK", "SEK", "NOK", "DKK", "HUF", "RON", "BAM", "RSD", "TRY", "RUB", "UAH", "AED", "SAR",
)  # fmt: skip
# What no car costs: in most currencies, and in those whose unit is worth less than a hundredth of a dollar.
MAX_PRICE = 1e8
MAX_PRICE_IN_SMALL_UNITS = 1e11
SMALL_UNITS = ("COP", "CLP", "ARS", "NGN", "JPY", "HUF", "KRW", "IDR", "VND", "IRR", "PYG", "UZS", "KZT", "LBP", "CRC")
CURRENCIES = {**SIGNS, **{code.lower(): code for code in CODES}}

SIGN = "(?i:" + "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True)) + ")"
# The whole text, so that "$279/mo", "$500 price drop" and "$20,000 - $25,000" are not taken for a price.
ONE_AMOUNT = rf"(?P<number>{NUMBER})\s*(?P<multiplier>{MULTIPLIER})?(?:[.,]\p{{Pd}})?"
PRICE = rf"^(?P<before>{SIGN})?\s*{ONE_AMOUNT}\s*(?P<after>{SIGN})?$"


def amount(text: pl.Expr, market: pl.Expr) -> pl.Expr:
    """Return the price that the text names, 1 to what a car may cost in the market's currency; else null."""
    parts = tidy(text).str.extract_groups(PRICE)
    value = number(parts.struct.field("number")) * factor(parts.struct.field("multiplier"))
    highest = pl.when(market.is_in(SMALL_UNITS)).then(MAX_PRICE_IN_SMALL_UNITS).otherwise(MAX_PRICE)
    return within(value, 1, highest)


def currency(published: pl.Expr, price: pl.Expr) -> pl.Expr:
    """Return the ISO 4217 code that the page names, by itself or in the price; null where it names none surely."""
    parts = tidy(price).str.extract_groups(PRICE)
    named = (tidy(published), parts.struct.field("before"), parts.struct.field("after"))
    return pl.coalesce(
        sign.str.to_lowercase().replace_strict(CURRENCIES, default=None, return_dtype=pl.String) for sign in named
    )
