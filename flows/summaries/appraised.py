"""What an appraisal came to: how a table was read and how many rows have a price, or the price of one car."""

from pathlib import Path

import polars as pl

from flows.show import print_lines, print_table
from flows.steps.appraise import Appraised, AppraisedCar, Appraiser
from models.predict.appraisal import PRICES

# What is repeated of one car, so that a word that was not understood is seen.
TOLD = ("make", "model", "trim", "model_year", "mileage", "condition", "body_style", "drivetrain", "transmission",
        "engine_liters", "cylinders", "horsepower", "fuel_type", "exterior_color", "region")  # fmt: skip


def tell_appraised(appraised: Appraised, output: Path) -> None:
    """Tell how the columns were read, what became of the rows, and where they are."""
    table, rows = appraised.table, appraised.rows
    print_lines(f"{field:<22} <- {', '.join(columns)}" for field, columns in table.sources.items())
    priced = pl.col("predicted_price").is_not_null()
    counts = rows.group_by(priced.alias("priced"), "reason").len("rows").sort("rows", "reason", descending=True)
    reasons = counts.filter(pl.col("reason").is_not_null()).select(
        "rows", pl.when("priced").then(pl.lit("in doubt")).otherwise(pl.lit("none")).alias("price"), "reason"
    )
    if reasons.height:
        print_table(reasons, "Rows without a price, or with one in doubt")
    without = rows["predicted_price"].null_count()
    print_lines(
        [
            f"{rows.height:>9,}  rows, in {output}",
            f"{rows.height - without:>9,}  of them priced; {rows['reason'].null_count():,} without any doubt",
            f"By {_who(appraised.appraiser)}.",
        ]
    )


def tell_appraised_car(car: AppraisedCar) -> None:
    """Tell one car's price and range, what was understood of it, and what makes the price doubtful."""
    currency = car.appraiser.model_run.manifest.currency
    price, lower, upper, coverage, lower_95, upper_95 = (car.appraisal[name] for name in PRICES)
    known = {name: car.understood[name] for name in TOLD if car.understood[name] is not None}
    words = [f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in known.items()]
    print_lines(
        [
            f"{price:,.0f} {currency} is what it should ask: {lower:,.0f} to {upper:,.0f} {currency} holds "
            f"{coverage:.0%} of such asking prices",
            *([f"{lower_95:,.0f} to {upper_95:,.0f} {currency} holds 95% of them"] if lower_95 else []),
            *([f"In doubt: {car.appraisal['reason']}."] if car.appraisal["reason"] else []),
            f"Understood: {', '.join(words)}",
            f"Why: {_why(car.contributions)}",
            f"By {_who(car.appraiser)}.",
        ]
    )


def _why(contributions: dict[str, float]) -> str:
    """Return where a price starts and what moves it from there, farthest first, nothing below one unit of currency."""
    terms = [(name, amount) for name, amount in contributions.items() if name != "typical_price" and round(amount)]
    moved = [f"{name} {amount:+,.0f}" for name, amount in sorted(terms, key=lambda term: -abs(term[1]))]
    return ", ".join([f"a typical car {contributions['typical_price']:,.0f}", *moved])


def _who(appraiser: Appraiser) -> str:
    manifest = appraiser.model_run.manifest
    return f"{manifest.model_run_id}, the champion of market {manifest.market} (asking prices, not prices of sales)"
