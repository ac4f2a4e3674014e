"""Which car: make, model and trim from fields that cut makes short, run model and trim together, or are only a title.

The rule: "<make> <model>", or the title without its year where no model is given, begins with the longest known make.
Of the rest the longest known model name is the model, or the first word where none is known; what follows is the trim.
A published trim is believed, and the model beside it is kept whole.
"""

import re

import polars as pl

from warehouse.normalize.catalog import MAKE_ALIASES, MAKES, MODEL_CODES, MODELS, POWERTRAIN_SUFFIX
from warehouse.normalize.text import tidy

# What stands before the make in a headline, and where the seller's own words begin after the trim.
HEADLINE_START = (
    r"(?i)^(?:(?:certified|pre-?owned|cpo|used|new|for sale:?|gebraucht\w*|neu|occasion)\s+)*(?:(?:19|20)\d\d\s+)?"
)
HEADLINE_END = r"\s(?:[\p{Pd}|*!•].*|\(.*)$|[,|!].*$"


def key(name: str) -> str:
    """Return the letters, digits and plus signs alone, in lower case: the same for every spelling of a name."""
    return re.sub(r"[^\w+]|_", "", name.lower())


def _spellings(names: list[str]) -> str:
    """Alternatives, longest first, in which a hyphen or a space may be either, or nothing."""
    return "|".join(re.sub(r"\\?[ -]", "[ -]?", re.escape(name)) for name in sorted(names, key=len, reverse=True))


def _models_of(make: str) -> str:
    names = _spellings(MODELS[make].split(", ")) if make in MODELS else ""
    return "|".join(filter(None, (MODEL_CODES.get(make), names)))


CANONICAL_MAKES = {key(name): MAKE_ALIASES.get(name, name) for name in (*MAKE_ALIASES, *MAKES)}
CANONICAL_MODELS = {f"{make}|{key(name)}": name for make, names in MODELS.items() for name in names.split(", ")}

MAKE_FIRST = rf"(?i)^(?P<make>{_spellings([*MAKES, *MAKE_ALIASES])})(?:\s+(?P<rest>.*))?$"
ONLY_A_MAKE = rf"(?i)^(?:{_spellings([*MAKES, *MAKE_ALIASES])})$"
_KNOWN_MODELS = "|".join(rf"{re.escape(make)}\|(?:{_models_of(make)})" for make in sorted({*MODELS, *MODEL_CODES}))
MODEL_FIRST = rf"(?i)^(?P<model>(?:{_KNOWN_MODELS}|[^|]*\|\S+)(?:\s(?:{POWERTRAIN_SUFFIX}))?)(?:\s+(?P<trim>.*))?$"


def needs_headline(make: pl.Expr, model: pl.Expr) -> pl.Expr:
    """Return whether the fields name no model: there is none, or it ends the make ("Land" + "Rover")."""
    return tidy(model).is_null() | _named(tidy(make), tidy(model)).str.contains(ONLY_A_MAKE)


def make_model_trim(cars: pl.DataFrame) -> pl.DataFrame:
    """Return columns make, model and trim for rows with make, model, trim and headline (the title where it is needed).

    Each is null where it is not understood.
    """
    return (
        cars.select(tidy(pl.col(name)) for name in ("make", "model", "trim", "headline"))
        .with_columns(named=_named(pl.col("make"), pl.col("model")), headline=_without_noise(pl.col("headline")))
        .with_columns(has_model=pl.col("model").is_not_null() & ~pl.col("named").str.contains(ONLY_A_MAKE))
        .pipe(_split_make)
        .pipe(_split_model)
        .select("make", "model", "trim")
    )


def _named(make: pl.Expr, model: pl.Expr) -> pl.Expr:
    named = pl.concat_str(make, model, separator=" ", ignore_nulls=True)
    return pl.when(named != "").then(named)


def _without_noise(title: pl.Expr) -> pl.Expr:
    return title.str.replace(HEADLINE_START, "").str.replace(HEADLINE_END, "")


def _split_make(cars: pl.DataFrame) -> pl.DataFrame:
    """Take the make off the car's name: what is left is ``rest``, null where a title does not begin with the make."""
    has_model = pl.col("has_model")
    make, rest = _make_and_rest(pl.when(has_model).then("named").otherwise("headline"))
    same_make, shorter = _make_and_rest(rest)
    rest = pl.when((same_make == make) & shorter.is_not_null()).then(shorter).otherwise(rest)  # "BMW BMW X5"
    published = _canonical_make(pl.when(has_model).then("make").otherwise("named"))
    is_other_car = ~has_model & (make != published)
    return cars.with_columns(
        make=pl.when(is_other_car).then(published).otherwise(pl.coalesce(make, published)),
        rest=pl.when(has_model & make.is_null()).then("model").when(~is_other_car.fill_null(False)).then(rest),
    )


def _make_and_rest(name: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    found = name.str.extract_groups(MAKE_FIRST)
    return _canonical_make(found.struct.field("make")), found.struct.field("rest")


def _split_model(cars: pl.DataFrame) -> pl.DataFrame:
    named = pl.concat_str(pl.col("make").fill_null(""), pl.lit("|"), pl.col("rest"))
    found = named.str.extract_groups(MODEL_FIRST)
    is_whole = pl.col("trim").is_not_null()
    model = pl.when(is_whole).then(named).otherwise(found.struct.field("model"))
    split = cars.with_columns(model=_canonical_model(model), trim=pl.coalesce("trim", found.struct.field("trim")))
    return split.with_columns(trim=_without(pl.col("trim"), pl.col("model")))


def _without(trim: pl.Expr, model: pl.Expr) -> pl.Expr:
    """The trim without the model that it repeats ("RX 350" + "RX 350 F SPORT")."""
    shorter = (trim + " ").str.strip_prefix(model + " ").str.strip_chars()
    kept = pl.coalesce(shorter, trim)
    return pl.when(kept != "").then(kept)


def _canonical_make(make: pl.Expr) -> pl.Expr:
    return _key(make).replace_strict(CANONICAL_MAKES, default=make, return_dtype=pl.String)


def _canonical_model(model: pl.Expr) -> pl.Expr:
    """Turn "<make>|<model>" into the model in the catalogue's spelling, else as published."""
    make, name = model.str.extract(r"^([^|]*)\|"), model.str.extract(r"^[^|]*\|(.*)$")
    return (make + "|" + _key(name)).replace_strict(CANONICAL_MODELS, default=name, return_dtype=pl.String)


def _key(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.replace_all(r"[^\w+]|_", "")
