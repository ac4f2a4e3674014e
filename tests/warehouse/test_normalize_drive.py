"""Engines and gearboxes: what one string says about each property."""

import polars as pl
import pytest

from warehouse.normalize import engine, transmission


def value(expression: pl.Expr) -> object:
    return pl.select(expression).item()


def said(text: str | None) -> pl.Expr:
    return pl.lit(text, dtype=pl.String)


@pytest.mark.parametrize(
    ("text", "liters", "cylinders", "horsepower", "aspiration"),
    [
        ("3.5L V6 24V PDI DOHC Twin Turbo", 3.5, 6, None, "twin_turbo"),
        ("2.0L I4 16V GDI DOHC", 2.0, 4, None, "natural"),
        ("300.0HP 3.7L V6 Cylinder Engine Flex Fuel Capability", 3.7, 6, 300, None),
        ("355.0HP 3.8L Flat 6 Cylinder Engine Gasoline Fuel", 3.8, 6, 355, None),
        ("6.2L V8 16V GDI OHV Supercharged", 6.2, 8, None, "supercharged"),
        ("4 cyl, 2.2 L", 2.2, 4, None, None),
        ("Intercooled Turbo Premium Unleaded I-4 2.0 L/122", 2.0, 4, None, "turbo"),
        ("Regular Unleaded V-6 3.6 L/220", 3.6, 6, None, "natural"),
        ("Gas I4 2.4/145", 2.4, 4, None, None),
        ("Engine: 1.5T I-4 DOHC 16-Valve Turbocharged", 1.5, 4, None, "turbo"),
        ("6L W-12 port/direct injection, DOHC", 6.0, 12, None, None),
        ("2.5 Liter TFSI", 2.5, None, None, "turbo"),
        ("1498 cc", 1.498, None, None, None),
        ("85 kW (116 PS)", None, None, 114.0, None),
        ("2.0 TDI 150CV", 2.0, None, 147.9, "turbo"),
        ("2.0 TDI 150 PS", 2.0, None, 147.9, "turbo"),
        ("V8", None, 8, None, None),
        ("1.998 cm³", 1.998, None, None, None),
        ("1 998 ccm", 1.998, None, None, None),
        ("350 ci V8", 5.7, 8, None, None),
        ("1.6 HDi 115 ch", 1.6, None, 113.4, "turbo"),
        ("1.0 EcoBoost", 1.0, None, None, "turbo"),
        ("3.0 V6", 3.0, 6, None, None),
        ("1.6 VVT-i 132 bhp", 1.6, None, 132, None),
        ("Hybrid 1.8 (122 PS)", 1.8, None, 120.3, None),
        ("3.0d", 3.0, None, None, None),
        ("Electric 7.2 kW", None, None, None, None),
        ("1.8 non-turbo", 1.8, None, None, "natural"),
        ("1,020 hp", None, None, 1020, None),
        ("Electric 75 kWh", None, None, None, None),
        ("Electric 75 kWh 150 kW", None, None, 201.2, None),
        ("132 kW (180 PS) + 80 kW", None, None, None, None),
        ("5.4 l/100 km", None, None, None, None),
        ("3000", 3.0, None, None, None),
        ("2.500 turbo", 2.5, None, None, "turbo"),
        ("2019", None, None, None, None),
        ("30000", None, None, None, None),
        ("6 cyl, 0 L", None, 6, None, None),
        ("Electric Motor", None, None, None, None),
        ("111Ah / FR 70kW / RR 160kW", None, None, None, None),
        ("\u2013", None, None, None, None),
        ("NOT SPECIFIED", None, None, None, None),
    ],
)
def test_an_engine_string_says_its_properties(
    text: str, liters: float | None, cylinders: int | None, horsepower: float | None, aspiration: str | None
) -> None:
    assert value(engine.liters(said(text), said(None))) == liters
    assert value(engine.cylinders(said(text), said(None))) == cylinders
    assert value(engine.horsepower(said(text), said(None), said("mi"))) == horsepower
    assert value(engine.aspiration(said(text))) == aspiration


@pytest.mark.parametrize(
    ("displacement", "liters"),
    [
        ("2.0", 2.0),
        ("1498", 1.498),
        ("3.000", 3.0),
        ("3000CC", 3.0),
        ("2300", 2.3),
        ("2,5 l", 2.5),
        ("0", None),
        ("145", None),
    ],
)
def test_a_displacement_alone_is_litres_or_cc(displacement: str, liters: float | None) -> None:
    assert value(engine.liters(said(None), said(displacement))) == liters


@pytest.mark.parametrize(
    ("power", "unit", "horsepower"),
    [("340 BHP", "km", 340), ("250 KWT", "km", 335.3), ("203", "mi", 203), ("203", "km", None), ("0 kW", "km", None)],
)
def test_a_power_without_a_unit_is_horsepower_only_in_miles_countries(
    power: str, unit: str, horsepower: float | None
) -> None:
    assert value(engine.horsepower(said(None), said(power), said(unit))) == horsepower


def test_a_field_of_its_own_goes_before_the_engine_string() -> None:
    assert value(engine.cylinders(said("V6"), said("8 cyl"))) == 8
    assert value(engine.liters(said("3.5L V6"), said("3.6"))) == 3.6


@pytest.mark.parametrize(
    ("text", "kind", "gears"),
    [
        ("8-Speed Automatic", "automatic", 8),
        ("Automatic CVT", "cvt", None),
        ("6-Speed A/T", "automatic", 6),
        ("6-Speed M/T", "manual", 6),
        ("7-Speed DCT", "dual_clutch", 7),
        ("7-Speed Porsche Doppelkupplung (PDK)", "dual_clutch", 7),
        ("Automatic, 8-Spd w/Sport & Manual Modes", "automatic", 8),
        ("Transmission w/Dual Shift Mode", "automatic", None),
        ("Auto; 7-Spd 7G-Tronic +", "automatic", 7),
        ("9g tronic automatic", "automatic", 9),
        ("1-Speed Automatic", "single_speed", 1),
        ("Single-Speed Fixed Gear", "single_speed", 1),
        ("xtronic continuously variable", "cvt", None),
        ("Automatik", "automatic", None),
        ("Schaltgetriebe", "manual", None),
        ("Manuell", "manual", None),
        ("Mecánica", "manual", None),
        ("Boîte automatique", "automatic", None),
        ("7-Speed", None, 7),
        ("6 Speed At/Mt", None, 6),
        ("- Boîte", None, None),
        ("2", None, None),
        ("\u2013", None, None),
    ],
)
def test_a_gearbox_has_a_kind_and_gears(text: str, kind: str | None, gears: int | None) -> None:
    assert value(transmission.kind(said(text))) == kind
    assert value(transmission.gears(said(text))) == gears
