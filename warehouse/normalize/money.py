"""Money: "$20,997", "20.300", "£15,999", "u$s6.800", "1,2 M". Words in place of a price ("Not Priced") are null.

So is what is not one price: a range, a monthly rate, "was $9,000 now $8,000", a price before tax.
"""

import re

import polars as pl

from warehouse.normalize.number import MULTIPLIER, around, factor, first_number, multiplied, once, where, within
from warehouse.normalize.text import tidy

# What a sign says about the currency. A bare $, Rs or kr says nothing: many countries use it.
SIGNS = {
    "us$": "USD", "us": "USD", "u$s": "USD", "u$d": "USD", "a$": "AUD", "au$": "AUD", "au": "AUD", "c$": "CAD",
    "ca$": "CAD", "nz$": "NZD", "r$": "BRL", "mx$": "MXN", "col$": "COP", "cop$": "COP", "ar$": "ARS", "clp$": "CLP",
    "hk$": "HKD", "s$": "SGD", "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "₦": "NGN", "₹": "INR",
    "₽": "RUB", "₺": "TRY", "tl": "TRY", "zł": "PLN", "kč": "CZK", "ft": "HUF",
    "lei": "RON", "₴": "UAH", "грн": "UAH", "₱": "PHP", "₩": "KRW", "₫": "VND", "฿": "THB", "₪": "ILS", "fr.": "CHF",
    "sfr.": "CHF", "s/": "PEN", "s/.": "PEN", "ksh": "KES", "kshs": "KES", "gh₵": "GHS", "r": "ZAR", "rm": "MYR",
    "$": None, "¥": None, "kr": None, "kr.": None, "rs": None, "rs.": None,
}  # fmt: skip
CODES = (
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "COP", "MXN", "ARS", "CLP", "PEN", "BRL", "NGN", "ZAR", "INR",
    "JPY", "CNY", "PLN", "CZK", "SEK", "NOK", "DKK", "HUF", "RON", "BAM", "RSD", "TRY", "RUB", "UAH", "AED", "SAR",
    "HKD", "SGD", "PHP", "KRW", "VND", "THB", "ILS", "KES", "GHS", "MYR", "IDR", "PKR", "KZT", "PYG", "UYU", "BOB",
)  # fmt: skip
CURRENCIES = {**SIGNS, **{code.lower(): code for code in CODES}}

# What no car costs: in most currencies, and in those whose unit is worth less than a hundredth of a dollar.
MIN_PRICE = 100
MAX_PRICE = 1e8
MAX_PRICE_IN_SMALL_UNITS = 1e11
SMALL_UNITS = ("COP", "CLP", "ARS", "NGN", "JPY", "HUF", "KRW", "IDR", "VND", "IRR", "PYG", "UZS", "KZT", "LBP", "CRC")
# What people type where a form wants a price and they have none.
PLACEHOLDERS = (
    111, 123, 111_111, 123_456, 999_999, 1_111_111, 1_234_567, 9_999_999, 11_111_111, 12_345_678, 99_999_999,
    111_111_111, 123_456_789, 999_999_999, 1_111_111_111, 1_234_567_890, 9_999_999_999,
)  # fmt: skip

SIGN = "(?i:" + "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True)) + ")"
# "ab 12.990 EUR" and "8.500 € VB" ask that much; "+ VAT" and "netto" ask more.
OPENING = r"(?i:(?:ab|from|desde|[aà] partir de|vb|vhb|fp|price|preis|precio|prix|asking|only|nur|now|jetzt)\b[:.]?\s*)"
CLOSING = (
    r"(?i:\s*[,(/-]?\s*(?:vb|vhb|fp|festpreis|verhandlungsbasis|obo|ono|or (?:best|nearest) offer|negotiable"
    r"|neg(?:\.|ociable)?|firm|fixed(?: price)?|[aà] d[eé]battre|brutto|in[ck]l\.? (?:\d+ ?% ?)?(?:mwst|vat|ust)|ttc"
    r"|drive ?away)\b\.?\)?)"
)
# The whole text around its number, so that "$279/mo", "$500 price drop" and "$20,000 - $25,000" are not a price.
PRICE = (
    rf"^{OPENING}?(?P<before>{SIGN})?\s*\$?\s*(?P<number>#)\s*(?P<multiplier>{MULTIPLIER})?(?:[.,/]\s?[\p{{Pd}}=]{{1,2}})?"
    rf"\s*(?P<after>{SIGN})?{CLOSING}?\*?$"
)


def amount(text: pl.Expr, market: pl.Expr) -> pl.Expr:
    """Return the price that the text names, 100 to what a car may cost in the market's currency; else null."""
    words = tidy(text)
    value = multiplied(first_number(words), once(around(words), _factor, pl.Float64))
    believed = within(value, MIN_PRICE, MAX_PRICE_IN_SMALL_UNITS).replace(PLACEHOLDERS, None)
    return where(believed, market.is_in(SMALL_UNITS) | (believed <= MAX_PRICE))


def currency(published: pl.Expr, price: pl.Expr) -> pl.Expr:
    """Return the ISO 4217 code that the page names, by itself or in the price; null where it names none surely."""
    return pl.coalesce(_code(tidy(published)), once(around(tidy(price)), _named, pl.String))


def _factor(words: pl.Expr) -> pl.Expr:
    """What the price's number is multiplied by; null where the words around it are not those of a price."""
    return where(factor(words.str.extract_groups(PRICE).struct.field("multiplier")), words.str.contains(PRICE))


def _named(words: pl.Expr) -> pl.Expr:
    parts = words.str.extract_groups(PRICE).struct
    return pl.coalesce(_code(parts.field("before")), _code(parts.field("after")))


def _code(sign: pl.Expr) -> pl.Expr:
    return sign.str.to_lowercase().replace_strict(CURRENCIES, default=None, return_dtype=pl.String)
