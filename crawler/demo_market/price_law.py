"""The price law of the demo market: what a car is truly worth there, and what its seller asks.

With a the age in years (NEWEST_YEAR - model year), m the mileage in miles:

    true_price = new_price(model) · (1 + TRIM_STEP · rank of the trim) · factor(engine) · factor(drivetrain)
                 · exp(-decay(model) · a) · exp(-MILEAGE_DECAY · (m - MILES_PER_YEAR · a) / 100,000)
                 · factor(region) · factor(condition) · factor(accidents) · factor(title) · factor(seller)
    asked      = true_price · exp(e),  e normal with mean 0 and standard deviation NOISE

so that an estimator which knew the law would still be wrong by about 5.6 % (the mean of |e|). Every constant is here
or in the catalogue. Nothing of the dirt (typing errors, words in place of a price) is part of the law.
"""

import math
from random import Random

from crawler.demo_market.cars import MILES_PER_YEAR, NEWEST_YEAR, Car
from crawler.demo_market.catalogue import REGIONS

TRIM_STEP = 0.075
MILEAGE_DECAY = 0.35
NOISE = 0.07

DRIVETRAIN_FACTORS = {"FWD": 1.0, "RWD": 1.0, "AWD": 1.05, "4WD": 1.08}
CONDITION_FACTORS = {"new": 1.0, "certified": 0.95, "used": 0.91}
SELLER_FACTORS = {"dealer": 1.0, "private": 0.93}
ACCIDENT_FACTOR = 0.92  # for each accident
REBUILT_FACTOR = 0.70


def true_price(car: Car) -> float:
    """Return what the law says that a car is worth, in dollars and without noise."""
    age = NEWEST_YEAR - car.model_year
    excess_mileage = car.mileage - MILES_PER_YEAR * age
    return list_price(car) * _circumstances(car) * math.exp(
        -car.model.decay * age - MILEAGE_DECAY * excess_mileage / 100_000
    )  # fmt: skip


def list_price(car: Car) -> float:
    """Return what the same car costs when it is new, in dollars."""
    trim_factor = 1 + TRIM_STEP * car.model.trims.index(car.trim)
    return car.model.new_price * trim_factor * car.engine.factor * DRIVETRAIN_FACTORS[car.drivetrain]


def asked(car: Car, dice: Random) -> float:
    """Return what a seller asks for a car: its true price with the noise of the law."""
    return true_price(car) * math.exp(dice.gauss(0, NOISE))


def _circumstances(car: Car) -> float:
    accidents = ACCIDENT_FACTOR**car.accidents
    title = REBUILT_FACTOR if car.is_rebuilt else 1.0
    return (
        REGIONS[car.region][0] * CONDITION_FACTORS[car.condition] * SELLER_FACTORS[car.seller_type] * accidents * title
    )
