"""Which car: make, model and trim from fields that cut makes short, run model and trim together, or are only a title.

The rule: "<make> <model>", or the title without its year where no model is given, begins with the longest known make.
Of the rest the longest known model name is the model, or the first word where none is known; what follows is the trim.
A published trim is believed, and the model beside it is kept whole, unless it begins with a code ("320d", "C 220 CDI").
A title that begins with a year, as "2019 Kia Rio EX", says the trim that no field says.
"""

import re
import unicodedata

import polars as pl

from warehouse.normalize.catalog import (
    CAPITALS,
    MAKE_ALIASES,
    MAKES,
    MODEL_CODES,
    MODEL_SPELLINGS,
    MODELS,
    NAMED_NEW,
    NEW_MODEL,
    POWERTRAIN_SUFFIX,
)
from warehouse.normalize.text import tidy

# What stands before the make in a headline, and where the seller's own words begin after the trim.
HEADLINE_START = (
    r"(?i)^(?:(?:certified|pre-?owned|cpo|used|new|for sale:?|gebraucht\w*|neu|occasion)\s+)*(?:(?:19|20)\d\d\s+)?"
)
HEADLINE_END = r"\s(?:[\p{Pd}|*!•].*|\(.*)$|[,|!].*$"
BEGINS_WITH_A_YEAR = r"(?i)^(?:(?:certified|pre-?owned|cpo|used|new)\s+)*(?:19|20)\d\d\s"

# A model range or a tuner that stands in the make's place, with the make before it.
MAKE_LEFT_OUT = r"(?i)^range[ -]?rover\b"
MAKE_OF_A_TUNER = r"(?i)^mercedes[ -]?(?:benz[ -]?)?(amg|maybach)\b"


def key(name: str) -> str:
    """Return the letters, digits and plus signs alone, in lower case, no accents: the same for every spelling."""
    return re.sub(r"[^\w+]|_", "", unicodedata.normalize("NFKD", name.lower()))


def _spellings(names: list[str]) -> str:
    """Alternatives, longest first, in which a hyphen or a space may be either, or nothing; so may a digit's edge."""
    return "|".join(_spelling(name) for name in sorted(names, key=len, reverse=True))


def _spelling(name: str) -> str:
    edges = re.sub(r"(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)", "[ -]?", re.escape(name))
    return re.sub(r"\\[ -]", "[ -]?", edges)


def _models_of(make: str) -> str:
    names = _spellings(MODELS[make].split(", ")) if make in MODELS else ""
    return "|".join(filter(None, (MODEL_CODES.get(make), names)))


CANONICAL_MAKES = {key(name): MAKE_ALIASES.get(name, name) for name in (*MAKE_ALIASES, *MAKES)}
CANONICAL_MODELS = {f"{make}|{key(name)}": name for make, names in MODELS.items() for name in names.split(", ")}

MAKE_FIRST = rf"(?i)^(?P<make>{_spellings([*MAKES, *MAKE_ALIASES])})(?:\s+(?P<rest>.*))?$"
ONLY_A_MAKE = rf"(?i)^(?:{_spellings([*MAKES, *MAKE_ALIASES])})$"
_KNOWN_MODELS = "|".join(rf"{re.escape(make)}\|(?:{_models_of(make)})" for make in sorted({*MODELS, *MODEL_CODES}))
MODEL_FIRST = rf"(?i)^(?P<model>(?:{_KNOWN_MODELS}|[^|]*\|\S+)(?:\s(?:{POWERTRAIN_SUFFIX}))?)(?:\s+(?P<trim>.*))?$"
_CODES = "|".join(rf"{re.escape(make)}\|(?:{pattern})" for make, pattern in MODEL_CODES.items())
CODE_FIRST = rf"(?i)^(?:{_CODES})(?:\s|$)"


def headline(make: pl.Expr, model: pl.Expr, trim: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Return the title where the fields need it: they name no model, or no trim and the title is made of fields."""
    no_model = tidy(model).is_null() | _named(tidy(make), tidy(model)).str.contains(ONLY_A_MAKE)
    return pl.when(no_model | (tidy(trim).is_null() & tidy(title).str.contains(BEGINS_WITH_A_YEAR))).then(title)


def make_model_trim(cars: pl.DataFrame) -> pl.DataFrame:
    """Return columns make, model and trim for rows with make, model, trim and headline (see there).

    Each is null where it is not understood.
    """
    return (
        cars.lazy()  # only the optimizer computes once what several columns share
        .select(tidy(pl.col(name)) for name in ("make", "model", "trim", "headline"))
        .with_columns(
            named=_named(pl.col("make"), pl.col("model")), headline=_whole_make(_without_noise(pl.col("headline")))
        )
        .with_columns(has_model=pl.col("model").is_not_null() & ~pl.col("named").str.contains(ONLY_A_MAKE))
        .pipe(_split_make)
        .pipe(_read_headline)
        .pipe(_split_model)
        .select("make", "model", "trim")
        .collect()
    )


def _named(make: pl.Expr, model: pl.Expr) -> pl.Expr:
    named = pl.concat_str(make, model, separator=" ", ignore_nulls=True)
    return _whole_make(pl.when(named != "").then(named))


def _whole_make(name: pl.Expr) -> pl.Expr:
    return name.str.replace(MAKE_LEFT_OUT, "Land Rover Range Rover").str.replace(MAKE_OF_A_TUNER, "Mercedes-Benz ${1}")


def _without_noise(title: pl.Expr) -> pl.Expr:
    return title.str.replace(HEADLINE_START, "").str.replace(HEADLINE_END, "")


def _split_make(cars: pl.LazyFrame) -> pl.LazyFrame:
    """Take the make off the car's name: what is left is ``rest``, null where a title does not begin with the make."""
    has_model = pl.col("has_model")
    make, rest = _make_and_rest(pl.when(has_model).then("named").otherwise("headline"))
    same_make, shorter = _make_and_rest(rest)
    rest = pl.when((same_make == make) & shorter.is_not_null()).then(shorter).otherwise(rest)  # "BMW BMW X5"
    published = _canonical_make(pl.when(has_model).then("make").otherwise("named"))
    is_other_car = ~has_model & (make != published) & ~make.str.starts_with(published + " ")  # "Land", cut short
    return cars.with_columns(
        make=pl.when(is_other_car).then(published).otherwise(pl.coalesce(make, published)),
        rest=pl.when(has_model & make.is_null()).then("model").when(~is_other_car.fill_null(False)).then(rest),
    )


def _make_and_rest(name: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    found = name.str.extract_groups(MAKE_FIRST)
    return _canonical_make(found.struct.field("make")), found.struct.field("rest")


def _read_headline(cars: pl.LazyFrame) -> pl.LazyFrame:
    """Take the name from the headline where it goes on from the fields' one ("Grand" to "Grand Cherokee Laredo")."""
    make, rest = _make_and_rest(pl.when("has_model").then("headline"))
    goes_on = (make == pl.col("make")) & _key(rest).str.starts_with(_key(pl.col("rest")))
    return cars.with_columns(rest=pl.when(goes_on).then(rest).otherwise("rest"))


def _split_model(cars: pl.LazyFrame) -> pl.LazyFrame:
    spelled = cars.with_columns(rest=_spelled(pl.col("make"), _without_new(pl.col("rest"))))
    named = pl.concat_str(pl.col("make").fill_null(""), pl.lit("|"), pl.col("rest"))
    found = spelled.with_columns(
        named=named,
        found=named.str.extract_groups(MODEL_FIRST),
        is_whole=pl.col("trim").is_not_null() & ~named.str.contains(CODE_FIRST),
    )
    model, after = pl.col("found").struct.field("model"), pl.col("found").struct.field("trim")
    split = found.with_columns(
        model=_canonical_model(pl.when("is_whole").then("named").otherwise(model)),
        trim=_said(pl.concat_str(pl.when(~pl.col("is_whole")).then(after), "trim", separator=" ", ignore_nulls=True)),
    )
    return split.with_columns(trim=_without("make")).with_columns(trim=_without("model"))


def _without_new(name: pl.Expr) -> pl.Expr:
    return pl.when(name.str.contains(NAMED_NEW)).then(name).otherwise(name.str.replace(NEW_MODEL, "${1}"))


def _spelled(make: pl.Expr, name: pl.Expr) -> pl.Expr:
    """Write the codes of a make as its catalogue has them."""
    said = name
    for coded, spellings in MODEL_SPELLINGS.items():
        written = name
        for pattern, spelling in spellings:
            written = written.str.replace(f"(?i){pattern}", spelling)
        said = pl.when(make == coded).then(written).otherwise(said)
    return said.str.replace_all(" {2,}", " ").str.strip_chars()


def _without(name: str) -> pl.Expr:
    """The trim without the make or model that it repeats ("RX 350" + "RX 350 F SPORT", "LUV D-Max" + "luv dmax")."""
    trim, repeated = pl.col("trim"), pl.col(name)
    repeats = (trim + " ").str.to_lowercase().str.starts_with(repeated.str.to_lowercase() + " ")
    shorter = pl.when(repeats).then(trim.str.slice(repeated.str.len_chars())).otherwise(trim).str.strip_chars()
    return pl.when(_key(shorter) != _key(repeated).fill_null("")).then(_said(shorter))


def _said(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _canonical_make(make: pl.Expr) -> pl.Expr:
    return _key(make).replace_strict(CANONICAL_MAKES, default=make, return_dtype=pl.String)


def _canonical_model(model: pl.Expr) -> pl.Expr:
    """Turn "<make>|<model>" into the model in the catalogue's spelling, else as published."""
    make, name = model.str.extract(r"^([^|]*)\|"), model.str.extract(r"^[^|]*\|(.*)$")
    written = pl.when(model.str.contains(CAPITALS)).then(name.str.to_uppercase()).otherwise(name)
    return (make + "|" + _key(name)).replace_strict(CANONICAL_MODELS, default=written, return_dtype=pl.String)


def _key(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"[^\w+]|_|\p{M}", "")
