"""Source profiles: how a table is recognised, and read by what the profile declares."""

from pathlib import Path

import polars as pl
import pytest

from crawler.errors import UsageError
from crawler.profiles import BUNDLED, Profile, Split, named, read_profile, read_profiles, recognised, write_profile
from crawler.tables import Table, read_table

PROFILE = """
site = "pueblo.example"
currency = "USD"
distance_unit = "km"
date_column = "visto"
ignored = ["robot"]

[signature]
nombre = ""
km = 'Kms'

[columns]
title = "nombre"
price = ["oferta", "precio"]

[[splits]]
column = "km"
pattern = '^(?P<mileage>[0-9.]+ Kms) · (?P<city>.+)$'

[constants]
make = "Seat"
"""
ROWS = """nombre,km,precio,oferta,visto,robot,notas
"Seat
  Ibiza","41.000  Kms · Loja",9000,8500,2025-07-04,r1,buena
Seat León,,7000,,2025-07-05,r2,
"""


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    (tmp_path / "pueblo.toml").write_text(PROFILE)
    return read_profile(tmp_path / "pueblo.toml")


@pytest.fixture
def table(tmp_path: Path, profile: Profile) -> Table:
    (tmp_path / "rows.csv").write_text(ROWS)
    return read_table(tmp_path / "rows.csv", choose_profile=lambda frame: recognised(frame, {"pueblo": profile}))


def test_a_split_gives_each_field_its_part(table: Table) -> None:
    first, second = table.listings
    assert (first.mileage, first.city) == ("41.000 Kms", "Loja")
    assert (second.mileage, second.city) == (None, None)


def test_constants_hold_for_every_row(table: Table) -> None:
    assert [listing.make for listing in table.listings] == ["Seat", "Seat"]


def test_the_first_of_a_fields_columns_that_speaks_is_read(table: Table) -> None:
    assert [listing.price for listing in table.listings] == ["8500", "7000"]


def test_dates_and_ignored_columns_are_no_words_of_the_listing(table: Table) -> None:
    assert table.listings[0].extra == {"notas": "buena"}
    assert (table.date_column, table.ignored) == ("visto", ("robot",))
    assert [f"{seen:%m-%d}" for seen in table.rows["seen_at"]] == ["07-04", "07-05"]


def test_a_mapping_goes_before_the_profile(tmp_path: Path, profile: Profile) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    table = read_table(tmp_path / "rows.csv", {"price": "precio"}, choose_profile=lambda frame: profile)
    assert [listing.price for listing in table.listings] == ["9000", "7000"]


@pytest.mark.parametrize(
    ("columns", "is_known"),
    [
        ({"nombre": ["a"], "km": ["1 Kms"]}, True),
        ({"nombre": ["a"], "km": [None], "more": ["b"]}, True),
        ({"nombre": ["a"], "km": ["1 miles"]}, False),
        ({"nombre": ["a"]}, False),
    ],
)
def test_a_table_is_recognised_by_its_columns_and_how_they_speak(
    profile: Profile, columns: dict[str, list[str | None]], is_known: bool
) -> None:
    frame = pl.DataFrame(columns, dict.fromkeys(columns, pl.String))
    assert (recognised(frame, {"pueblo": profile}) is profile) == is_known


def test_what_is_written_is_read_back(tmp_path: Path, profile: Profile) -> None:
    odd = Profile(
        name="odd",
        site="odd.example",
        currency="EUR",
        distance_unit="km",
        signature={'a "b" \\ c\td': "", "é": r"^\d+$"},
        columns={"price": ("é", "x")},
        splits=(Split("y", r"(?P<city>\w+), (?P<region>.*)"),),
        constants={"make": 'O"K'},
        ignored=("z",),
        date_column="day",
        is_complete=True,
    )
    for known in (odd, profile):
        assert read_profile(write_profile(tmp_path / "own", known)) == known


def test_ones_own_profile_of_a_name_takes_the_bundled_ones_place(tmp_path: Path) -> None:
    (tmp_path / "uk.toml").write_text(PROFILE)
    profiles = read_profiles(tmp_path)
    assert profiles["uk"].site == "pueblo.example"
    assert "australia" in profiles


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('site = "pueblo.example"', "", "lacks site"),
        ('currency = "USD"', 'currency = "dollar"', "ISO 4217"),
        ('"km"\n', '"leagues"\n', "distance_unit must be mi or km, got 'leagues'"),
        ("ignored", "forgotten", "no setting 'forgotten'"),
        ("(?P<city>", "(?P<town>", "field must be one of .*, got 'town'"),
        ("(?P<city>", "((", "is no source profile"),
        ("title =", "headline =", "got 'headline'"),
        ("[signature]", "[signature", "is no source profile"),
    ],
)
def test_a_file_that_is_no_profile_says_why(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "broken.toml"
    assert old in PROFILE
    path.write_text(PROFILE.replace(old, new, 1))
    with pytest.raises(UsageError, match=message) as error:
        read_profile(path)
    assert "\n" not in str(error.value)


def test_an_unknown_profile_names_those_that_there_are(profile: Profile) -> None:
    with pytest.raises(UsageError, match="profile must be one of pueblo, got 'town'"):
        named("town", {"pueblo": profile})


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_bundled_profile_is_one_and_reads_a_price(path: Path) -> None:
    assert "price" in read_profile(path).columns


REAL = {
    "cars_com_dealers.csv": "cars_com_dealers", "cars_com_used.csv": "cars_com_used", "australia.csv": "australia",
    "ecuador_patiotuerca.csv": "ecuador_patiotuerca", "tucarro_colombia_2019.csv": "tucarro_colombia_2019",
    "autoscout24_lux_daily.parquet": "autoscout24_lux_daily", "uk/audi.csv": "uk", "uk/merc.csv": "uk",
    "uk/unclean_focus.csv": "uk_unclean_focus",
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_tables_are_recognised(shared_data: Path, name: str) -> None:
    profiles = read_profiles(Path("nowhere"))
    table = read_table(shared_data / name, choose_profile=lambda frame: recognised(frame, profiles))
    assert table.profile is not None
    assert table.profile.name == REAL[name]
    assert set(table.profile.columns) <= set(table.rows.columns)
