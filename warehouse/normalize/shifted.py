"""Finds values that stand in another field's column, as they do where the columns of a row slipped. Knows no field's
own reader: a value is only asked whether it is surely of another kind.
"""

import polars as pl

from warehouse.normalize.number import NUMBER
from warehouse.normalize.text import plain

# Whole values only: "Call for a manual quote" in place of a price is no gearbox. No codes: RON 95 is petrol.
MONEY = rf"^(?:[a-z]{{0,2}}[$€£₦₹¥]\s*{NUMBER}|{NUMBER}\s*[€£₦₹])$"
ADDRESS = r"^(?:https?://|www\.)"
WORDS = (
    r"^(?:petrol|gasoline|gasolina|benzin|essence|unleaded|diesel|gasoil|gazole|hybrid|hibrido|hybride"
    r"|manual|manuell|manuelle|mecanica|automatic|automatik|automatica|automatique|semi-auto(?:matic)?)$"
)

# What each field surely never says. The size of an engine may be "electric", a price may be words.
FOREIGN = {
    **dict.fromkeys(("model_year", "mileage", "doors", "seats", "owners"), f"{MONEY}|{WORDS}|{ADDRESS}"),
    **dict.fromkeys(("engine_displacement", "cylinders", "power", "make", "model"), f"{MONEY}|{ADDRESS}"),
    **dict.fromkeys(("transmission", "drivetrain", "fuel_type", "body_style", "condition"), f"{MONEY}|{ADDRESS}"),
    "price": f"{WORDS}|{ADDRESS}",
}


def is_shifted(field: str) -> pl.Expr:
    """Return whether the published string of a field is surely of another kind."""
    return plain(pl.col(field)).str.contains(FOREIGN[field]).fill_null(False)
