"""What an estimator may know of a listing: one documented list of features, built from listing columns without state.

What depends on the asking price never stands here: models/prepare/leakage.py names it. docs/features.md shows the list.
"""

import hashlib
import math
from collections.abc import Collection
from typing import Literal, NamedTuple

import polars as pl

from crawler.clock import now
from crawler.errors import UsageError
from models.prepare.brands import brand_class

Kind = Literal["number", "category"]

# The listing columns that features read and the type each is read as; a column that is missing is unknown throughout.
COLUMNS: dict[str, pl.DataType] = {
    **dict.fromkeys(
        ("model_year", "msrp", "mileage", "gears", "engine_liters", "cylinders", "horsepower", "fuel_economy_city",
         "fuel_economy_highway", "doors", "seats", "owners", "has_accidents", "seller_rating"), pl.Float64()),
    **dict.fromkeys(
        ("vin", "title", "make", "model", "trim", "body_style", "drivetrain", "transmission", "fuel_type",
         "aspiration", "engine", "condition", "exterior_color", "interior_color", "title_status", "seller_type",
         "seller_name", "region", "postal_code"), pl.String()),
    **dict.fromkeys(("last_seen_at", "scraped_at"), pl.Datetime("us", "UTC")),
}  # fmt: skip

# What each family of features is, so that a study can leave out one at a time.
FAMILIES: dict[str, str] = {
    "age_and_use": "how old the car is and how far it was driven",
    "name": "make, model and trim, from the general to the particular; each is also a price level",
    "vin": "what the maker's own number says of the kind of car; never its serial number; also a price level",
    "engine": "what drives it",
    "drive": "how the power gets to the road, and what the car burns",
    "economy": "what it burns per mile: a fingerprint of the drive train",
    "body": "its shape, room and colours",
    "options": "equipment that the title or the trim names",
    "history": "its condition, and what happened to it",
    "list_price": "what it cost when new",
    "seller": "who sells it, dealers under a pseudonym; the dealer is also a price level",
    "place": "where it stands",
    "season": "when in the year it was seen",
}

# A car of the coming model year is sold before that year begins; no car is younger than this, in years.
YOUNGEST = 0.25

# Equipment that moves a price, as titles and trims name it. Whatever else a title says may depend on the price.
OPTIONS = (
    "leather", "nav", "navigation", "sunroof", "moonroof", "panoramic", "panorama", "heated", "cooled", "camera",
    "awd", "4wd", "4x4", "tow", "towing", "third row", "3rd row", "crew cab", "long bed", "hardtop", "convertible",
    "premium", "luxury", "technology", "tech", "package", "sport", "performance", "off-road", "automatic", "manual",
)  # fmt: skip

# What sellers say of their price, in titles and in the trims that are read from titles; it is taken out.
PRICE_TALK = (
    r"(?i)\b(?:great|good|fair|best|hot|super)\s+(?:deal|price|value|buy)\b|\bpriced to sell\b|\bbelow market\b|"
    r"\b(?:price[ds]?|deals?|bargain|reduced|discount(?:ed)?|savings?|save|sale|offer|monthly|per month|obo)\b|"
    r"[$€£]\s*\d[\d.,]*"
)

# Winter and spring must each have been seen over so much of their range of 2: three quarters of a year.
SEASONS_SEEN = 1.4


class Feature(NamedTuple):
    """A feature's name, kind and family, the expression over COLUMNS that builds it, and what it says about a price."""

    name: str
    kind: Kind
    family: str
    expression: pl.Expr
    says: str


def build_features(listings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per listing, in order: numbers as Float64, categories as lower-case String, null where unknown.

    ``listings`` may lack any column and hold further ones. A car with no time of observation is seen now. Of the time
    no more than the month counts, so that what was predicted stands for a while: a car is scored again where its
    features have changed.
    """
    columns = {name: listings.schema.get(name) for name in COLUMNS}
    known = [
        (pl.lit(None) if found is None else pl.col(name)).cast(COLUMNS[name], strict=False).alias(name)
        for name, found in columns.items()
    ]
    seen_at = pl.coalesce("scraped_at", "last_seen_at", pl.lit(now())).alias("seen_at")
    typed = listings.with_columns(known).with_columns(_infinite_to_null()).with_columns(seen_at)
    typed = typed.with_columns(pl.col("title", "model", "trim").str.replace_all(PRICE_TALK, " "))
    return typed.select(feature.expression.alias(feature.name) for feature in FEATURES)


def blank(features: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Return the features with those named unknown throughout, as if no listing told them."""
    return features.with_columns(pl.lit(None, features.schema[name]).alias(name) for name in names)


def features_of(families: Collection[str]) -> list[str]:
    """Return the names of the families' features; UsageError for a family that is not in FAMILIES."""
    for family in families:
        if family not in FAMILIES:
            raise UsageError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")
    return [feature.name for feature in FEATURES if feature.family in families]


def unlearnable(features: pl.DataFrame) -> list[str]:
    """Return the numbers that training rows cannot teach: those of one value, and a season of less than a year.

    A network's weight of a column that never varied stays as random as it began, and would price the next season's
    cars by chance; within one part of the year, a season cannot be told from a trend.
    """
    numbers = [feature for feature in FEATURES if feature.kind == "number"]
    constant = [feature.name for feature in numbers if _is_constant(features[feature.name])]
    seasons = features_of(["season"])
    spans = features.select(pl.col(seasons).max() - pl.col(seasons).min()).fill_null(0).row(0) if len(features) else ()
    return sorted({*constant, *(seasons if min(spans, default=0) < SEASONS_SEEN else ())})


def _is_constant(numbers: pl.Series) -> bool:
    return numbers.null_count() < len(numbers) and numbers.min() == numbers.max()


def _infinite_to_null() -> list[pl.Expr]:
    numbers = [name for name, dtype in COLUMNS.items() if dtype == pl.Float64]
    return [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in numbers]


def _numbers() -> list[Feature]:
    seen_at = pl.col("seen_at")
    age = (seen_at.dt.year() + (seen_at.dt.month() - 1) / 12 - pl.col("model_year")).clip(lower_bound=YOUNGEST)
    said = {
        "engine_liters": ("engine", "displacement"),
        "cylinders": ("engine", "size and class of the engine"),
        "horsepower": ("engine", "power, where the site gives it"),
        "gears": ("drive", "modern gearboxes have more of them"),
        "fuel_economy_city": ("economy", "in town, in mpg"),
        "fuel_economy_highway": ("economy", "on the road, in mpg"),
        "doors": ("body", "two-door versions are sports cars"),
        "seats": ("body", "third rows cost more"),
        "owners": ("history", "each further owner lowers the price"),
        "has_accidents": ("history", "1 where the site tells of an accident, 0 where it says that there was none"),
        "seller_rating": ("seller", "stars of the dealer"),
        "msrp": ("list_price", "the list price when new, set before anybody asked a price"),
    }
    used = {
        "age": (age, "years from the model year's first month to that in which the car was seen"),
        "mileage": (pl.col("mileage"), "miles driven"),
        "log_mileage": (pl.col("mileage").clip(0).log1p(), "the first thousand miles cost most"),
        "mileage_per_year": (pl.col("mileage") / age, "hard or easy use, for its age"),
    }
    return [
        *(Feature(name, "number", "age_and_use", expression, says) for name, (expression, says) in used.items()),
        *(Feature(name, "number", family, pl.col(name), says) for name, (family, says) in said.items()),
        Feature("winter", "number", "season", _height_of_season(1), "1 in January, -1 in July"),
        Feature("spring", "number", "season", _height_of_season(4), "1 in April, -1 in October"),
    ]


def _height_of_season(month: int) -> pl.Expr:
    return ((pl.col("seen_at").dt.month() - month) * (2 * math.pi / 12)).cos()


def _categories() -> list[Feature]:
    said = {
        "body_style": ("body", "demand differs by body"),
        "drivetrain": ("drive", "driven wheels"),
        "transmission": ("drive", "kind of gearbox"),
        "fuel_type": ("drive", "what it burns"),
        "aspiration": ("engine", "turbocharged or not"),
        "condition": ("history", "new, used, certified"),
        "exterior_color": ("body", "paint"),
        "interior_color": ("body", "upholstery"),
        "title_status": ("history", "a salvage title halves a price"),
        "seller_type": ("seller", "dealers ask more"),
        "region": ("place", "local demand and taxes"),
        "engine": ("engine", "the engine in the site's words, more exact than its parts"),
    }
    # Sites append the trim to the model or not; the words of both, cut at one, two and all words, do not mind.
    named = {
        "brand_class": (brand_class(_words("make")), "exotic, luxury or other, as everybody knows"),
        "make": (_words("make"), "the brand"),
        "model_line": (_first_words(1), "make and first word of the model, as honda civic"),
        "model_series": (_first_words(2), "make and two words, as jeep grand cherokee"),
        "make_model": (_words("make", "model"), "make and model"),
        "make_model_trim": (_words("make", "model", "trim"), "make, model and trim"),
    }
    descriptor, area = pl.col("vin").str.slice(0, 8), pl.col("postal_code").str.slice(0, 3)
    return [
        *(Feature(name, "category", "name", expression, says) for name, (expression, says) in named.items()),
        Feature("vin_descriptor", "category", "vin", descriptor, "characters 1-8: maker, model, trim and engine"),
        Feature("postal_area", "category", "place", area, "first three of the postal code: the neighbourhood"),
        *(Feature(name, "category", family, _words(name), says) for name, (family, says) in said.items()),
        Feature("seller", "category", "seller", _dealer(), "the dealer, by pseudonym: some ask more for the same car"),
        Feature("options", "category", "options", _options(), "the equipment words that were found, in order"),
    ]


def _words(*columns: str) -> pl.Expr:
    """Return the columns' words in lower case with single blanks between; null where the first column is."""
    text = pl.concat_str(columns, separator=" ", ignore_nulls=True).str.to_lowercase()
    clean = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(pl.col(columns[0]).is_not_null() & (clean != "")).then(clean)


def _first_words(count: int) -> pl.Expr:
    model = pl.concat_str("model", "trim", separator=" ", ignore_nulls=True).str.to_lowercase()
    words = model.str.extract_all(r"\S+").list.head(count).list.join(" ")
    return pl.when(pl.col("make").is_not_null()).then(_words("make") + " " + words).str.strip_chars()


def _options() -> pl.Expr:
    text = pl.concat_str("title", "trim", separator=" ", ignore_nulls=True).str.to_lowercase()
    found = text.str.extract_all(rf"\b({'|'.join(OPTIONS)})\b").list.unique().list.sort()
    return pl.when(found.list.len() > 0).then(found.list.join(", "))


def _dealer() -> pl.Expr:
    """Return a pseudonym of the dealer's name; null for whoever is not known to be a dealer."""
    name = _words("seller_name").map_batches(_pseudonyms, return_dtype=pl.String)
    return pl.when(pl.col("seller_type") == "dealer").then(name)


def _pseudonyms(names: pl.Series) -> pl.Series:
    """Return sixteen hex digits for each name: a model run's files must not keep what `tasador forget` forgets."""
    known = {name: hashlib.sha256(name.encode()).hexdigest()[:16] for name in names.drop_nulls().unique()}
    return names.replace_strict(known, return_dtype=pl.String) if known else names


FEATURES = (*_numbers(), *_categories())
