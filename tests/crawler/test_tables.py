"""Tables as listings: which column is which field, and that every value stays as published."""

import gzip
import json
import re
import time
from pathlib import Path

import polars as pl
import pytest

from crawler.errors import UsageError
from crawler.field_names import SYNONYMS
from crawler.items import FIELD_NAMES
from crawler.tables import read_table

CSV = """Year,Make,Model,Used/New,Price,SellerType,SellerName,StreetName,Zipcode,DealType,VIN,Stock#,Mileage
2019,Toyota,Sienna SE,Used,"$39,998 ",Dealer,Sunny Cars,1 Dealer Row,09256,Great,5TDXZ3DC2KS000001,\u2013,"29,403 mi."
2020,BMW,X1 <b>,BMW Certified,Not Priced,Private,Jo Doe,2 Home Street,\u2013,NA,WBXHT3C30J5000002,7A,-
"""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "listings.csv"
    path.write_text(CSV)
    return path


def test_every_value_stays_as_published_but_stripped(csv: Path) -> None:
    first, second = read_table(csv).listings
    assert (first.price, first.mileage, first.postal_code) == ("$39,998", "29,403 mi.", "09256")
    assert (second.condition, second.model) == ("BMW Certified", "X1 <b>")


def test_dashes_and_na_are_silence_but_words_in_place_of_a_price_are_kept(csv: Path) -> None:
    first, second = read_table(csv).listings
    assert first.stock_number is None
    assert second.mileage is None
    assert second.price == "Not Priced"
    assert "DealType" not in second.extra


def test_a_private_sellers_name_and_street_are_not_collected(csv: Path) -> None:
    dealer, private = read_table(csv).listings
    assert (dealer.seller_name, dealer.extra["StreetName"]) == ("Sunny Cars", "1 Dealer Row")
    assert (private.seller_type, private.seller_name, private.extra) == ("Private", None, {})


def test_unknown_columns_go_to_extra_under_their_own_names(csv: Path) -> None:
    table = read_table(csv)
    assert table.unmapped == ("StreetName", "DealType")
    assert table.listings[0].extra == {"StreetName": "1 Dealer Row", "DealType": "Great"}


def test_a_mapping_overrides_what_is_recognised(csv: Path) -> None:
    table = read_table(csv, {"price": "Mileage", "trim": "Model"})
    assert (table.columns["price"], table.columns["trim"]) == ("Mileage", "Model")
    assert (table.listings[0].price, table.listings[0].mileage, table.listings[0].model) == ("29,403 mi.", None, None)
    assert "Price" in table.unmapped


def test_the_first_column_of_a_field_that_says_something_is_read(tmp_path: Path) -> None:
    path = tmp_path / "carros.csv"
    path.write_text("Recorrido;Kilómetros;precio\n10;;1\n;20;2\n30;40;3\n")
    table = read_table(path)
    assert table.columns["mileage"] == "Kilómetros"
    assert table.fallbacks == {"Recorrido": "mileage"}
    assert [listing.mileage for listing in table.listings] == ["10", "20", "40"]


def _same_rows(folder: Path) -> list[Path]:
    rows = [{"price": 1000 + n, "make": "Ford", "options": ["a", "b"], "km": None} for n in range(3)]
    text = "\n".join(json.dumps(row) for row in rows)
    (folder / "plain.jsonl").write_text(text)
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    pl.DataFrame(rows).write_parquet(folder / "rows.parquet")
    flat = pl.DataFrame([{**row, "options": json.dumps(row["options"])} for row in rows])
    flat.write_csv(folder / "rows.csv")
    (folder / "packed.csv.gz").write_bytes(gzip.compress((folder / "rows.csv").read_bytes()))
    flat.drop("km").write_excel(folder / "rows.xlsx")
    return sorted(folder.iterdir())


def test_every_kind_of_file_gives_the_same_listings(tmp_path: Path) -> None:
    tables = [read_table(path) for path in _same_rows(tmp_path)]
    assert len(tables) == 6
    assert tables[0].listings[2].payload() == {"make": "Ford", "price": "1002", "extra": {"options": '["a", "b"]'}}
    assert all(table.listings == tables[0].listings for table in tables)


@pytest.mark.parametrize(
    ("name", "content", "mapping", "message"),
    [
        ("missing.csv", None, {}, "missing.csv cannot be read: No such file or directory"),
        ("cars.csv", b"make,year\nFord,2019\n", {}, "has no price column, only make, year: name it with --map"),
        ("cars.csv", b"make,price\n", {}, "holds no rows"),
        ("cars.csv", b"", {}, "cannot be read as .csv"),
        ("cars.csv", b"price\n1\n", {"colour": "price"}, "--map field must be one of source_id, .*, got 'colour'"),
        ("cars.csv", b"price\n1\n", {"make": "Maker"}, r"--map column must be one of price \(.*\), got 'Maker'"),
        ("cars.parquet", b"not parquet", {}, "cannot be read as .parquet"),
        ("cars.xlsx", b"not excel", {}, "cannot be read as .xlsx"),
        ("cars.csv.gz", b"not gzip", {}, "cannot be read"),
        ("cars.jsonl", b"[1]\n", {}, "each line must be a JSON object"),
        ("cars.jsonl", b'{"price": 1\n', {}, "cannot be read as .jsonl"),
        ("cars.pdf", b"", {}, "table must be a file of kind .csv, .*, got '.*cars.pdf'"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_so(
    tmp_path: Path, name: str, content: bytes | None, mapping: dict[str, str], message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as error:
        read_table(tmp_path / name, mapping)
    assert re.search(message, str(error.value))
    assert "\n" not in str(error.value)


def test_every_synonym_belongs_to_one_known_field() -> None:
    names = [name for synonyms in SYNONYMS.values() for name in synonyms.split()]
    assert set(SYNONYMS) <= set(FIELD_NAMES)
    assert len(names) == len(set(names))
    assert not set(names) & {field.replace("_", "") for field in FIELD_NAMES}


REAL = {
    "cars_com_dealers.csv": (
        "Year=model_year Make=make Model=model Used/New=condition Price=price SellerType=seller_type "
        "SellerName=seller_name SellerRating=seller_rating State=region Zipcode=postal_code "
        "ExteriorColor=exterior_color InteriorColor=interior_color Drivetrain=drivetrain MinMPG=fuel_economy_city "
        "MaxMPG=fuel_economy_highway FuelType=fuel_type "
        "Transmission=transmission Engine=engine VIN=vin Stock#=stock_number Mileage=mileage",
        11,
    ),
    "cars_com_used.csv": (
        "brand=make model=model model_year=model_year milage=mileage fuel_type=fuel_type engine=engine "
        "transmission=transmission ext_col=exterior_color int_col=interior_color accident=accidents "
        "clean_title=title_status price=price",
        0,
    ),
    "australia.csv": (
        "Brand=make Year=model_year Model=model Title=title UsedOrNew=condition Transmission=transmission "
        "Engine=engine DriveType=drivetrain FuelType=fuel_type Kilometres=mileage ColourExtInt=exterior_color "
        "Location=city CylindersinEngine=cylinders BodyType=body_style Doors=doors Seats=seats Price=price",
        2,
    ),
    "uk/audi.csv": (
        "make=make model=model year=model_year price=price transmission=transmission mileage=mileage "
        "fuelType=fuel_type engineSize=engine_displacement",
        2,
    ),
    "tucarro_colombia_2019.csv": (
        "http=url Marca=make Modelo=model Versión=trim Año=model_year Kilómetros=mileage precio=price location=city "
        "Color=exterior_color Combustible=fuel_type Transmisión=transmission Tracción=drivetrain Motor=engine",
        2,
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_real_columns_are_recognised(shared_data: Path, name: str) -> None:
    expected, unmapped = REAL[name]
    table = read_table(shared_data / name)
    found = {f"{column}={field}" for field, column in table.columns.items()}
    assert found == set(expected.split())
    assert len(table.unmapped) == unmapped


def test_nine_thousand_rows_are_read_in_under_two_seconds(shared_data: Path) -> None:
    started = time.process_time()
    assert len(read_table(shared_data / "cars_com_dealers.csv").listings) == 9_379
    assert time.process_time() - started < 2
