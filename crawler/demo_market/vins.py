"""Vehicle identification numbers of invented cars, with the check digit that North American ones carry."""

from random import Random

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # I, O and Q are not used
YEAR_CODES = "123456789ABCDEFGHJKLMNPRSTVWXY"  # from 2001
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", map(int, "12345678123457923456789" + "0123456789"), strict=True))
CHECK_DIGITS = "0123456789X"

MAKER_CODES = {
    "Toyota": "4T1", "Honda": "1HG", "Ford": "1FT", "Chevrolet": "1G1", "Nissan": "1N4", "Hyundai": "KMH", "Kia": "KND",
    "Subaru": "JF2", "Jeep": "1C4", "BMW": "WBA", "Mercedes-Benz": "WDD", "Audi": "WAU", "Tesla": "5YJ",
}  # fmt: skip


def vin(make: str, model_year: int, number: int, dice: Random) -> str:
    """Return a valid VIN; its last seven characters tell the cars of a maker apart up to 23 million."""
    descriptor = "".join(dice.choices(LETTERS, k=5))
    plant = LETTERS[number // 1_000_000 % len(LETTERS)]
    draft = f"{MAKER_CODES[make]}{descriptor}0{YEAR_CODES[model_year - 2001]}{plant}{number % 1_000_000:06d}"
    return f"{draft[:8]}{check_digit(draft)}{draft[9:]}"


def check_digit(vin: str) -> str:
    """Return what must stand ninth in a VIN (49 CFR 565.15)."""
    return CHECK_DIGITS[sum(VALUES[sign] * weight for sign, weight in zip(vin, WEIGHTS, strict=True)) % 11]


def misread(vin: str) -> str:
    """Return the VIN with a wrong check digit, as somebody mistyped it."""
    return f"{vin[:8]}{CHECK_DIGITS[(CHECK_DIGITS.index(vin[8]) + 1) % 11]}{vin[9:]}"
