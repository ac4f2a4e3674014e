"""Describes a car as sellers do: in words, with gaps, odd spellings and typing errors at the rates below."""

from random import Random

from crawler.demo_market.cars import Car
from crawler.demo_market.catalogue import REGIONS
from crawler.demo_market.price_law import asked, list_price
from crawler.demo_market.vins import misread
from crawler.items import Listing

# How often an ad is wrong or silent, and about what.
UNPRICED = 0.01  # "Not Priced" or "Call for price" in place of a price
PRICE_TYPO = 0.003  # one digit too many: ten times too high
WRONG_VIN = 0.005  # the check digit is wrong
NO_VIN = 0.01
ODD_MAKE = 0.04  # "TOYOTA" or "toyota"
TRIM_IN_MODEL = 0.10  # model "Camry XSE" and no trim
DASH = 0.02  # a dash in place of a trim, an interior color
ODD_MILEAGE = 0.12  # "76939", "76,939 miles", "76939 mi" or "77k mi"
MISSING = {"mileage": 0.02, "engine": 0.03, "trim": 0.05, "transmission": 0.01, "fuel_type": 0.02, "body_style": 0.02,
           "interior_color": 0.08, "owners": 0.15, "accidents": 0.10, "seller_rating": 0.10}  # fmt: skip

DASH_SIGN = "\u2013"
CUT = 0.97  # what a price cut leaves of the price

DRIVETRAIN_WORDS = {
    "FWD": ("Front-wheel Drive", "FWD"),
    "RWD": ("Rear-wheel Drive", "RWD"),
    "AWD": ("All-wheel Drive", "AWD"),
    "4WD": ("Four-wheel Drive", "4WD"),
}
DOORS_AND_SEATS = {"Coupe": ("2", "4"), "Convertible": ("2", "4"), "Truck": ("4", "5"), "Minivan": ("4", "7")}
ACCIDENT_WORDS = ("None reported", "At least 1 accident or damage reported")
SELLER_NAMES = ("Sunrise", "Lakeside", "Old Mill", "Riverbend", "Twin Oaks", "Summit", "Harbor", "Maple Street")
SELLER_KINDS = ("Motors", "Auto Sales", "Cars & Trucks", "Auto Group", "Pre-Owned")


def advertise(car: Car, dice: Random, cuts: int) -> Listing:
    """Return the ad of a car after ``cuts`` price cuts; the same dice tell the same ad, only cheaper."""
    ad = _plainly(car, dice)
    ad.price = _price_words(asked(car, dice) * CUT**cuts, dice)
    _misspell(ad, car, dice)
    _forget(ad, dice)
    ad.title = " ".join(filter(None, (ad.model_year, ad.make, ad.model, ad.trim if ad.trim != DASH_SIGN else None)))
    return ad


def _plainly(car: Car, dice: Random) -> Listing:
    """Return the ad that a careful seller would write, without a price."""
    doors, seats = DOORS_AND_SEATS.get(car.model.body_style, ("4", "5"))
    _, city, postal_prefix = REGIONS[car.region]
    is_dealer = car.seller_type == "dealer"
    return Listing(
        vin=car.vin,
        stock_number=f"{'ABCDEFGH'[car.seller % 8]}{dice.randrange(100_000):05d}" if is_dealer else None,
        make=car.model.make,
        model=car.model.name,
        trim=car.trim,
        model_year=str(car.model_year),
        currency="USD",
        msrp=f"${list_price(car):,.0f}" if car.condition == "new" else None,
        mileage=f"{car.mileage:,} mi.",
        condition=f"{car.model.make} Certified" if car.condition == "certified" else car.condition.title(),
        body_style=car.model.body_style,
        drivetrain=dice.choices(DRIVETRAIN_WORDS[car.drivetrain], (3, 1))[0],
        transmission=car.engine.transmission,
        engine=car.engine.words,
        fuel_type=car.engine.fuel_type,
        fuel_economy_city=str(car.engine.mpg_city),
        fuel_economy_highway=str(car.engine.mpg_highway),
        exterior_color=car.exterior_color,
        interior_color=car.interior_color,
        doors=doors,
        seats=seats,
        owners=str(car.owners),
        accidents=ACCIDENT_WORDS[car.accidents > 0],
        title_status="Rebuilt" if car.is_rebuilt else "Clean",
        seller_type=car.seller_type.title(),
        seller_name=_seller_name(car.seller, city) if is_dealer else None,
        seller_rating=f"{3 + car.seller % 21 / 10:.1f}" if is_dealer else None,
        city=city,
        region=car.region,
        postal_code=f"{postal_prefix}{car.seller % 100:02d}",
        country="US",
    )


def _seller_name(seller: int, city: str) -> str:
    return f"{SELLER_NAMES[seller % 8]} {SELLER_KINDS[seller // 8 % 5]} {city}"


def _price_words(price: float, dice: Random) -> str:
    """Return a price as published: to ten dollars, often with an ending that looks cheaper."""
    ending = dice.choice((0, 1, 5))
    luck = dice.random()
    if luck < UNPRICED:
        return dice.choice(("Not Priced", "Call for price"))
    typo = 10 if luck < UNPRICED + PRICE_TYPO else 1
    return f"${(round(price / 10) * 10 - ending) * typo:,}"


def _misspell(ad: Listing, car: Car, dice: Random) -> None:
    if dice.random() < WRONG_VIN:
        ad.vin = misread(car.vin)
    if dice.random() < NO_VIN:
        ad.vin = None
    if dice.random() < ODD_MAKE:
        ad.make = dice.choice((car.model.make.upper(), car.model.make.lower()))
    if dice.random() < TRIM_IN_MODEL:
        ad.model, ad.trim = f"{car.model.name} {car.trim}", None
    if dice.random() < ODD_MILEAGE:
        ad.mileage = _odd_mileage(car.mileage, dice)


def _odd_mileage(mileage: int, dice: Random) -> str:
    spellings = [str(mileage), f"{mileage:,} miles", f"{mileage} mi"]
    return dice.choice(spellings + [f"{round(mileage / 1000)}k mi"] * (mileage > 10_000))


def _forget(ad: Listing, dice: Random) -> None:
    for name, rate in MISSING.items():
        if dice.random() < rate:
            setattr(ad, name, None)
    for name in ("trim", "interior_color"):
        if dice.random() < DASH:
            setattr(ad, name, DASH_SIGN)
