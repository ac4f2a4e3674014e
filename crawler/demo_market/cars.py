"""Invents cars: what a car truly is, before anybody describes it. Car number n of a seed is always the same car."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from crawler.demo_market.catalogue import MODELS, REGIONS, CarModel, Engine
from crawler.demo_market.vins import vin

NEWEST_YEAR = 2026
OLDEST_YEAR = 2006
MILES_PER_YEAR = 11_500

Condition = Literal["new", "certified", "used"]
SellerType = Literal["dealer", "private"]

EXTERIOR_COLORS = (
    "Black", "White", "Gray", "Silver", "Blue", "Red", "Midnight Black Metallic", "Bright White Clearcoat",
    "Magnetic Gray", "Celestial Silver", "Deep Sea Blue", "Ruby Flare Pearl", "Green", "Burnt Orange", "Desert Beige",
)  # fmt: skip
INTERIOR_COLORS = ("Black", "Black", "Gray", "Ash", "Beige", "Parchment", "Brown", "Ebony Leather", "Red")


@dataclass(frozen=True, slots=True)
class Car:
    """A car and who sells it where: all that the price law reads. Mileage in miles."""

    number: int
    vin: str
    model: CarModel
    trim: str
    engine: Engine
    drivetrain: str
    model_year: int
    mileage: int
    condition: Condition
    accidents: int
    is_rebuilt: bool
    owners: int
    exterior_color: str
    interior_color: str
    seller_type: SellerType
    seller: int
    region: str


def invent_car(seed: int, number: int) -> Car:
    """Return car ``number`` of a seed, in the same time whatever the number."""
    dice = Random(f"{seed}/car/{number}")
    model = dice.choice(MODELS)
    model_year = _model_year(model, dice)
    condition = _condition(model_year, dice)
    mileage = _mileage(model_year, condition, dice)
    accidents = dice.choices((0, 1, 2), (84, 13, 3))[0] if condition == "used" else 0
    return Car(
        number=number,
        vin=vin(model.make, model_year, number, dice),
        model=model,
        trim=dice.choice(model.trims),
        engine=dice.choice(model.engines),
        drivetrain=dice.choice(model.drivetrains),
        model_year=model_year,
        mileage=mileage,
        condition=condition,
        accidents=accidents,
        is_rebuilt=accidents > 0 and dice.random() < 0.08,
        owners=0 if condition == "new" else 1 + int(dice.expovariate(7 / (1 + NEWEST_YEAR - model_year))),
        exterior_color=dice.choice(EXTERIOR_COLORS),
        interior_color=dice.choice(INTERIOR_COLORS),
        seller_type="private" if condition == "used" and dice.random() < 0.15 else "dealer",
        seller=dice.randrange(400),
        region=dice.choice(tuple(REGIONS)),
    )


def _model_year(model: CarModel, dice: Random) -> int:
    """Most cars are three to six years old, some new, few very old; none is older than its model."""
    age = int(dice.gammavariate(2, 2.4))
    return max(NEWEST_YEAR - age, model.since, OLDEST_YEAR)


def _condition(model_year: int, dice: Random) -> Condition:
    age = NEWEST_YEAR - model_year
    if age == 0 and dice.random() < 0.75:
        return "new"
    return "certified" if age <= 5 and dice.random() < 0.22 else "used"


def _mileage(model_year: int, condition: Condition, dice: Random) -> int:
    """In the middle, cars are driven MILES_PER_YEAR, half of them within 30 % of that."""
    if condition == "new":
        return dice.randrange(2, 90)
    years = NEWEST_YEAR - model_year + dice.uniform(0.2, 0.8)
    return int(MILES_PER_YEAR * years * dice.lognormvariate(0, 0.4))
