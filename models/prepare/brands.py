"""What everybody knows of brands before seeing a price: which are exotic and which luxury. Data alone.

A market may hold one Ferrari: nothing that it learned of prices says what a Ferrari costs, that it is no Kia does.
"""

import polars as pl

EXOTIC = (
    "Aston Martin", "Bentley", "Bugatti", "Ferrari", "Koenigsegg", "Lamborghini", "Maybach", "McLaren", "Pagani",
    "Rolls-Royce",
)  # fmt: skip

LUXURY = (
    "Acura", "Alfa Romeo", "Alpina", "Audi", "BMW", "Cadillac", "DS", "Fisker", "Genesis", "Hummer", "INFINITI",
    "Jaguar", "Karma", "Land Rover", "Lexus", "Lincoln", "Lotus", "Lucid", "Maserati", "Mercedes-Benz", "NIO",
    "Polestar", "Porsche", "Rivian", "Tesla", "Volvo", "Zeekr",
)  # fmt: skip


def brand_class(make: pl.Expr) -> pl.Expr:
    """Return exotic, luxury or other for a make in any case; null where it is null."""
    known = {**dict.fromkeys(EXOTIC, "exotic"), **dict.fromkeys(LUXURY, "luxury")}
    lowered = {name.lower(): kind for name, kind in known.items()}
    return make.str.to_lowercase().replace_strict(lowered, default=pl.when(make.is_not_null()).then(pl.lit("other")))
