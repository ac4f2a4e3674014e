"""What profiles take from a listing's address: fuels that have a code only, colours, and cars whose page was gone."""

from pathlib import Path

import pytest

from crawler.profiles import named, read_profiles
from crawler.tables import read_table

ID = "01234567-89ab-4cde-8f01-23456789abcd"


@pytest.mark.parametrize(
    ("words", "code", "fuel_type", "color"),
    [
        ("audi-a3-tfsie-electrique-essence-noir", "2", "electrique-essence", "noir"),
        ("bmw-120-d-electrique-diesel", "3", "electrique-diesel", None),
        ("vw-polo-life-essence-bleu", "Benzin", "Benzin", "bleu"),
        ("vw-golf-1-6-diesel-essence", "Benzin", "Benzin", None),
        ("audi-a3-s-line-autres-gris", "o", None, "gris"),
    ],
)
def test_an_address_says_the_fuel_that_the_column_codes_and_the_colour(
    tmp_path: Path, words: str, code: str, fuel_type: str | None, color: str | None
) -> None:
    columns = (
        "listing_id", "url", "title", "make", "model", "first_registration", "price", "mileage", "transmission",
        "power", "fuel_type", "seller_type", "location", "crawl_commit_date", "scraped_date", "is_active", "created_at",
        "updated_at",
    )  # fmt: skip
    row = {"url": f"https://www.autoscout24.lu/offres/{words}-{ID}", "price": "9000", "fuel_type": code}
    table = tmp_path / "table.csv"
    table.write_text(f"{','.join(columns)}\n{','.join(row.get(name, '') for name in columns)}\n")
    profile = named("autoscout24_lux_daily", read_profiles(tmp_path))
    rows = read_table(table, choose_profile=lambda _: profile).rows
    assert (rows["fuel_type"].item(), rows["exterior_color"].item()) == (fuel_type, color)


@pytest.mark.parametrize(
    ("words", "make", "model"),
    [
        ("chevrolet-luv-d-max-4x4", "chevrolet", "luv-d-max"),
        ("vendo-camioneta-chevrolet-dmax-2014", "chevrolet", "dmax"),
        ("luv-dmax-4x2", None, None),
    ],
)
def test_an_address_names_the_car_whose_page_was_gone(
    tmp_path: Path, words: str, make: str | None, model: str | None
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(f"http,precio,Marca\nhttps://articulo.tucarro.com.co/MCO-1234-{words}-_JM,9000000,\n")
    profile = named("tucarro_colombia_2019", read_profiles(tmp_path))
    rows = read_table(table, choose_profile=lambda _: profile).rows
    assert (rows["make"].item(), rows["model"].item()) == (make, model)
