"""Engines: litres, cylinders, horsepower and aspiration, from one string or from the fields that say one thing each."""

import polars as pl

from warehouse.normalize.number import number, once, where, whole, within
from warehouse.normalize.text import plain
from warehouse.normalize.vocabulary import Vocabulary, Word, word

HP_PER_KW = 1.34102
HP_PER_METRIC_HP = 0.98632  # PS, cv, ch, pk

# Badges of engines that all have a turbocharger.
TURBO_BADGES = (
    r"tf?si|tdi|gtdi|t-?gdi|tdci|(?:blue)?hdi|dci|cdti|cdi|crdi|jtdm?|ddis|d-4d|multijet|tce|t-?jet|boosterjet"
    r"|eco-?boost|td|skyactiv-d"
)
LITERS = (
    r"\b(\d{1,2}(?:[.,]\d{1,3})?)[ -]?(?:l|lt|ltr|lit[er]{2}s?|litros?)\b",
    # Without a unit one decimal says litres: "1.5T", "2.0 TDI", "3.0 V6", and with cubic inches "2.4/145".
    r"(?:^|[ (])(\d[.,]\d)(?:[tdi]\b|[^\w.,]|$)",
)
NOT_LITERS = r"/ ?100 ?km|\b\d[.,]\d ?(?:kwh?|ah|b?hp|ps|cv|ch|km|s|kg|%)"
CUBIC_CENTIMETERS = r"\b(\d{1,2}[., ']\d{3}|\d{3,4}) ?(?:cc|ccm|cm3|c\.c\.)"
CUBIC_INCHES = r"\b(\d{2,3}) ?(?:cid|ci|cu\.? ?in)\b"
LITERS_PER_CUBIC_INCH = 0.016387064
# An engine that is only a size: "3000", "3.0", "2.500 turbo".
ONLY_A_SIZE = r"^(\d{4}|\d[.,]\d{1,3})(?: (?:turbo|td|diesel|gasolina|petrol|benzin|essence|nafta))*$"
CYLINDERS = (
    r"\b(?:vr?|i|h|w|l|flat|straight|inline|boxer)[- ]?(2|3|4|5|6|8|10|12|16)\b",
    r"\b(2|3|4|5|6|8|10|12|16)[- ]?(?:cyl|zyl|cil)",
)
FIGURE = r"\b(\d{1,2}[.,]\d{3}|\d{2,4}(?:[.,]\d{1,2})?) ?"
HORSEPOWER = rf"{FIGURE}(?:b?hp|h\.p\.|horsepower)(?:\W|$)"
KILOWATTS = rf"{FIGURE}kwt?\b"
METRIC_HORSEPOWER = rf"{FIGURE}(?:ps|cv|ch|pk|hk|chevaux|caballos)\b"

# Cars.com writes valves, injection and camshaft; Chrome Data writes fuel, layout and size. Both always name a charger,
# so where one of them is silent, there is none. Of other strings silence says nothing.
FULL_DESCRIPTION = (
    r"\d+v (?:[a-z]?[dpm]{1,2}f?i) (?:dohc|sohc|ohv)|^(?:regular|premium|midgrade) unleaded [vihw]-?\d+ \d\.\d l"
)
ASPIRATION: Vocabulary = (
    Word("natural", r"\bnon-?[- ]?turbo"),
    Word(
        "twin_turbo", r"\b(?:twin|bi|double|dual)[- ]?turbo", "two turbochargers",
        en="Twin Turbo", es="Biturbo", de="Bi-Turbo", fr="Biturbo; Double turbo",
    ),
    Word(
        "supercharged", r"supercharg|kompressor|\bsc\b", "a charger that the engine drives by a belt",
        en="Supercharged", de="Kompressor",
    ),
    Word(
        "turbo", rf"turbo|\d\.\d ?t\b|\bt/c\b|\b(?:{TURBO_BADGES})\b", "a turbocharger",
        en="Turbo; Turbocharged; 2.0T; EcoBoost; TFSI", es="Turbo; Turboalimentado", de="Turbolader; TDI",
        fr="Turbocompressé",
    ),
    Word(
        "natural", rf"naturally aspirated|saugmotor|atmosferic|atmospheri|aspiracion natural|{FULL_DESCRIPTION}",
        "no charger",
        en="Naturally Aspirated; 2.0L I4 16V GDI DOHC", es="Atmosférico; Aspiración natural", de="Saugmotor",
        fr="Atmosphérique",
    ),
)  # fmt: skip


def liters(engine: pl.Expr, displacement: pl.Expr) -> pl.Expr:
    """Return the displacement in litres, 0.4 to 10; a bare displacement from 400 up is in cc."""
    size, words = plain(displacement), plain(engine)
    return pl.coalesce(once(size, _size_or_liters, pl.Float64), once(words, _liters_or_size, pl.Float64))


def cylinders(engine: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Return the number of cylinders, 2 to 16."""
    bare = within(whole(number(plain(count))), 2, 16)
    found = [words.str.extract(pattern) for words in (plain(count), plain(engine)) for pattern in CYLINDERS]
    return pl.coalesce(bare, *[digits.cast(pl.Int64, strict=False) for digits in found])


def horsepower(engine: pl.Expr, power: pl.Expr, market_unit: pl.Expr) -> pl.Expr:
    """Return the power in hp, 10 to 2,500; a number without a unit is hp only in a market of miles.

    What a battery holds (kWh) is no power.
    """
    stated, bare = once(plain(power), _horsepower_in, pl.Float64), where(number(plain(power)), market_unit == "mi")
    return within(pl.coalesce(stated, bare, once(plain(engine), _horsepower_in, pl.Float64)), 10, 2_500)


def aspiration(engine: pl.Expr) -> pl.Expr:
    """Return turbo, twin_turbo, supercharged or natural."""
    return word(engine, ASPIRATION)


def _size(text: pl.Expr) -> pl.Expr:
    """A number that is a displacement by itself; from 400 up it is in cc."""
    bare = number(text)
    return pl.coalesce(within(bare, 0.4, 10), (within(bare, 400, 10_000) / 1000).round(3))


def _size_or_liters(words: pl.Expr) -> pl.Expr:
    return pl.coalesce(_size(words), _liters_in(words))


def _liters_or_size(words: pl.Expr) -> pl.Expr:
    """The litres in an engine string, else the size that it is, but for a year that slipped into the field."""
    size = _size(words.str.extract(ONLY_A_SIZE))
    return pl.coalesce(_liters_in(words), where(size, ~size.is_between(2.001, 2.03)))


def _liters_in(words: pl.Expr) -> pl.Expr:
    litres = [where(_decimal(words.str.extract(pattern)), ~words.str.contains(NOT_LITERS)) for pattern in LITERS]
    cubic = (_decimal(words.str.extract(CUBIC_CENTIMETERS).str.replace_all(r"[., ']", "")) / 1000).round(3)
    inches = (_decimal(words.str.extract(CUBIC_INCHES)) * LITERS_PER_CUBIC_INCH).round(1)
    return pl.coalesce(within(value, 0.4, 10) for value in (*litres, cubic, inches))


def _horsepower_in(words: pl.Expr) -> pl.Expr:
    """Two figures of the same unit (a motor on each axle) are not one power."""
    units = ((HORSEPOWER, 1.0), (KILOWATTS, HP_PER_KW), (METRIC_HORSEPOWER, HP_PER_METRIC_HP))
    figures = pl.coalesce((number(words.str.extract(pattern)) * factor).round(1) for pattern, factor in units)
    return where(figures, pl.all_horizontal(words.str.count_matches(pattern) <= 1 for pattern, _ in units))


def _decimal(digits: pl.Expr) -> pl.Expr:
    return digits.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
