"""What an estimator may know of a listing: one documented list of features, built from listing columns without state.

What depends on the asking price (a site's deal badge, price drops, monthly payments) never stands here.
"""

from typing import Literal, NamedTuple

import polars as pl

from crawler.clock import now

Kind = Literal["number", "category"]

# The listing columns that features read and the type each is read as; a column that is missing is unknown throughout.
COLUMNS: dict[str, pl.DataType] = {
    **dict.fromkeys(
        ("model_year", "msrp", "mileage", "gears", "engine_liters", "cylinders", "horsepower", "fuel_economy_city",
         "fuel_economy_highway", "doors", "seats", "owners", "has_accidents", "seller_rating"), pl.Float64()),
    **dict.fromkeys(
        ("vin", "make", "model", "trim", "body_style", "drivetrain", "transmission", "fuel_type", "aspiration",
         "engine", "condition", "exterior_color", "interior_color", "title_status", "seller_type", "region",
         "postal_code"), pl.String()),
    **dict.fromkeys(("last_seen_at", "scraped_at"), pl.Datetime("us", "UTC")),
}  # fmt: skip

# A car of the coming model year is sold before that year begins; no car is younger than this, in years.
YOUNGEST = 0.25


class Feature(NamedTuple):
    """A feature's name and kind, the expression over COLUMNS that builds it, and what it says about a price."""

    name: str
    kind: Kind
    expression: pl.Expr
    says: str


def build_features(listings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per listing, in order: numbers as Float64, categories as lower-case String, null where unknown.

    ``listings`` may lack any column and hold further ones. A car with no time of observation is seen now.
    """
    columns = {name: listings.schema.get(name) for name in COLUMNS}
    known = [
        (pl.lit(None) if found is None else pl.col(name)).cast(COLUMNS[name], strict=False).alias(name)
        for name, found in columns.items()
    ]
    seen_at = pl.coalesce("scraped_at", "last_seen_at", pl.lit(now())).alias("seen_at")
    typed = listings.with_columns(known).with_columns(_infinite_to_null()).with_columns(seen_at)
    return typed.select(feature.expression.alias(feature.name) for feature in FEATURES)


def _infinite_to_null() -> list[pl.Expr]:
    numbers = [name for name, dtype in COLUMNS.items() if dtype == pl.Float64]
    return [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in numbers]


def _numbers() -> list[Feature]:
    seen_at = pl.col("seen_at")
    age = (seen_at.dt.year() + seen_at.dt.ordinal_day() / 365.25 - pl.col("model_year")).clip(lower_bound=YOUNGEST)
    said = {
        "engine_liters": "displacement",
        "cylinders": "size and class of the engine",
        "horsepower": "power, where the site gives it",
        "gears": "modern gearboxes have more of them",
        "fuel_economy_city": "a fingerprint of the drive train, in mpg",
        "fuel_economy_highway": "the same on the road, in mpg",
        "doors": "two-door versions are sports cars",
        "seats": "third rows cost more",
        "owners": "each further owner lowers the price",
        "has_accidents": "1 where the site tells of an accident, 0 where it says that there was none",
        "seller_rating": "stars of the dealer",
        "msrp": "the list price when new, set before anybody asked a price",
    }
    return [
        Feature("age", "number", age, "years from the first of January of the model year to when the car was seen"),
        Feature("mileage", "number", pl.col("mileage"), "miles driven"),
        Feature("log_mileage", "number", pl.col("mileage").clip(0).log1p(), "the first thousand miles cost most"),
        Feature("mileage_per_year", "number", pl.col("mileage") / age, "hard or easy use, for its age"),
        *(Feature(name, "number", pl.col(name), says) for name, says in said.items()),
    ]


def _categories() -> list[Feature]:
    said = {
        "body_style": "demand differs by body",
        "drivetrain": "driven wheels",
        "transmission": "kind of gearbox",
        "fuel_type": "what it burns",
        "aspiration": "turbocharged or not",
        "condition": "new, used, certified",
        "exterior_color": "paint",
        "interior_color": "upholstery",
        "title_status": "a salvage title halves a price",
        "seller_type": "dealers ask more",
        "region": "local demand and taxes",
        "engine": "the engine in the site's words, more exact than its parts",
    }
    plain = [Feature(name, "category", _words(name), says) for name, says in said.items()]
    # Sites append the trim to the model or not; the words of both, cut at one, two and all words, do not mind.
    name = _words("make", "model", "trim")
    return [
        Feature("make", "category", _words("make"), "the brand"),
        Feature("model_line", "category", _first_words(1), "make and first word of the model, as honda civic"),
        Feature("model_series", "category", _first_words(2), "make and two words, as jeep grand cherokee"),
        Feature("make_model", "category", _words("make", "model"), "make and model"),
        Feature("make_model_trim", "category", name, "make, model and trim"),
        Feature("vin_descriptor", "category", pl.col("vin").str.slice(0, 8), "maker, model, trim and engine by VIN"),
        Feature("postal_area", "category", pl.col("postal_code").str.slice(0, 3), "the neighbourhood"),
        *plain,
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


FEATURES = (*_numbers(), *_categories())
