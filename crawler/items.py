"""What a listing is: the raw strings that a page publishes about one car. Nothing is cleaned here."""

from dataclasses import dataclass, field, fields
from typing import Any


def said(description: str, unit: str | None = None) -> Any:
    """Declare a field that holds the page's own words, or None where the page is silent."""
    return field(default=None, metadata={"description": description, "unit": unit})


@dataclass(slots=True)
class Listing:
    """One car offered at one place, in the page's own words ("$20,997", "76,939 mi.").

    Every field is the published string. A unit below is the one usually published, never one converted to.
    """

    source_id: str | None = said("the site's own identifier of the listing")
    url: str | None = said("canonical address of the listing's own page")
    title: str | None = said("headline of the listing")
    vin: str | None = said("vehicle identification number")
    stock_number: str | None = said("the seller's own number of the car")
    make: str | None = said("manufacturer, as Honda")
    model: str | None = said("model of the car, as Civic; some sites append the trim")
    trim: str | None = said("version within the model, as EX-L")
    model_year: str | None = said("model year, or the date of first registration or production", "year")
    price: str | None = said("asking price, or the words in its place, as Not Priced", "the market's currency")
    currency: str | None = said("currency of the price where the page names it", "ISO 4217")
    msrp: str | None = said("list price when new", "the market's currency")
    mileage: str | None = said("distance driven, with its unit where the page gives one", "miles or km")
    condition: str | None = said("new, used or certified, in the site's words")
    body_style: str | None = said("body, as SUV or Kombi")
    drivetrain: str | None = said("driven wheels, as All-wheel Drive")
    transmission: str | None = said("gearbox, as 8-Speed Automatic")
    engine: str | None = said("engine in one string, as 3.5L V6 24V PDI DOHC")
    engine_displacement: str | None = said("displacement where it stands alone", "litres or cc")
    cylinders: str | None = said("number of cylinders where it stands alone")
    power: str | None = said("engine power", "hp, PS or kW")
    fuel_type: str | None = said("what it burns, as Gasoline or Diesel")
    fuel_economy_city: str | None = said("fuel economy in town", "mpg")
    fuel_economy_highway: str | None = said("fuel economy on the road", "mpg")
    exterior_color: str | None = said("paint")
    interior_color: str | None = said("upholstery")
    doors: str | None = said("number of doors")
    seats: str | None = said("number of seats")
    owners: str | None = said("number of owners so far")
    accidents: str | None = said("accident history in the site's words")
    title_status: str | None = said("state of the title, as Clean")
    seller_type: str | None = said("dealer or private, in the site's words")
    seller_name: str | None = said("dealer's name; a private seller's name is never collected")
    seller_rating: str | None = said("rating of the dealer", "stars")
    city: str | None = said("where the car stands: town")
    region: str | None = said("where the car stands: state or province")
    postal_code: str | None = said("where the car stands: postal code")
    country: str | None = said("where the car stands: country")
    published_at: str | None = said("when the site says that the listing appeared")
    extra: dict[str, str] = field(
        default_factory=dict,
        metadata={"description": "what else the source says, under its own names; never a feature", "unit": None},
    )

    def payload(self) -> dict[str, Any]:
        """Return the fields that hold something, in the order of the class."""
        # asdict copies whatever is in extra, and takes ten times as long.
        return {name: value for name in (*FIELD_NAMES, "extra") if (value := getattr(self, name))}


FIELD_NAMES: tuple[str, ...] = tuple(entry.name for entry in fields(Listing) if entry.name != "extra")

# What of a listing says nothing about the car.
NOT_OF_THE_CAR = ("source_id", "url", "stock_number", "price", "currency", "seller_name", "published_at")
CAR_FIELDS = tuple(name for name in FIELD_NAMES if name not in NOT_OF_THE_CAR)
