"""What can be bought in the demo market: makes, models, trims and engines with their price when new.

Real names with invented figures; the price law reads them, the cars are drawn from them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine with its gearbox; ``factor`` multiplies the price, fuel economy is in mpg or its equivalent."""

    words: str
    fuel_type: str
    transmission: str
    mpg_city: int
    mpg_highway: int
    factor: float


@dataclass(frozen=True, slots=True)
class CarModel:
    """A model; ``new_price`` is that of its first trim in dollars, ``decay`` the log of value lost per year of age."""

    make: str
    name: str
    body_style: str
    new_price: int
    decay: float
    trims: tuple[str, ...]
    engines: tuple[Engine, ...]
    drivetrains: tuple[str, ...]
    since: int


ENGINES = {
    "i4s": Engine("1.8L I4 16V MPFI DOHC", "Gasoline", "Automatic CVT", 30, 38, 0.97),
    "i4": Engine("2.5L I4 16V PDI DOHC", "Gasoline", "8-Speed Automatic", 27, 36, 1.0),
    "i4m": Engine("2.0L I4 16V GDI DOHC", "Gasoline", "6-Speed Manual", 25, 33, 0.98),
    "i4t": Engine("2.0L I4 16V GDI DOHC Turbo", "Gasoline", "8-Speed Automatic", 24, 32, 1.05),
    "i6t": Engine("3.0L I6 24V GDI DOHC Turbo", "Premium Gasoline", "8-Speed Automatic", 23, 30, 1.15),
    "v6": Engine("3.5L V6 24V PDI DOHC", "Gasoline", "8-Speed Automatic", 20, 28, 1.1),
    "v6tt": Engine("3.5L V6 24V PDI DOHC Twin Turbo", "Gasoline", "10-Speed Automatic", 18, 24, 1.16),
    "v8": Engine("5.0L V8 32V PDI DOHC", "E85 Flex Fuel", "10-Speed Automatic", 16, 22, 1.2),
    "diesel": Engine("3.0L I6 24V DDI DOHC Turbo Diesel", "Diesel", "9-Speed Automatic", 23, 31, 1.14),
    "hybrid": Engine("2.5L I4 16V PDI DOHC Hybrid", "Hybrid", "Automatic CVT", 43, 41, 1.09),
    "plugin": Engine("2.0L I4 16V GDI DOHC Turbo Hybrid", "Plug-In Hybrid", "8-Speed Automatic", 58, 52, 1.18),
    "electric": Engine("Electric", "Electric", "1-Speed Automatic", 124, 112, 1.0),
    "dual": Engine("Dual Motor Electric", "Electric", "1-Speed Automatic", 117, 108, 1.14),
}

# make, model, body, new price of the first trim, decay, trims in rising order, engines, drivetrains, first model year
_ROWS = (
    ("Toyota", "Corolla", "Sedan", 22_000, 0.080, "L/LE/SE/XSE", "i4s hybrid", "FWD", 2006),
    ("Toyota", "Camry", "Sedan", 27_000, 0.085, "LE/SE/XLE/XSE", "i4 hybrid v6", "FWD AWD", 2006),
    ("Toyota", "RAV4", "SUV", 29_000, 0.080, "LE/XLE/Adventure/Limited", "i4 hybrid", "FWD AWD", 2006),
    ("Toyota", "Tacoma", "Truck", 31_000, 0.062, "SR/SR5/TRD Off-Road/Limited", "i4 v6", "RWD 4WD", 2006),
    ("Toyota", "Sienna", "Minivan", 37_000, 0.090, "LE/XLE/XSE/Limited", "v6 hybrid", "FWD AWD", 2006),
    ("Honda", "Civic", "Sedan", 23_500, 0.080, "LX/Sport/EX/Touring", "i4m i4s i4t", "FWD", 2006),
    ("Honda", "Accord", "Sedan", 27_500, 0.088, "LX/EX/Sport/Touring", "i4 hybrid", "FWD", 2006),
    ("Honda", "CR-V", "SUV", 30_000, 0.082, "LX/EX/EX-L/Touring", "i4 hybrid", "FWD AWD", 2006),
    ("Honda", "Odyssey", "Minivan", 38_000, 0.098, "LX/EX/EX-L/Elite", "v6", "FWD", 2006),
    ("Ford", "F-150", "Truck", 37_000, 0.085, "XL/XLT/Lariat/Platinum", "v6 v6tt v8", "RWD 4WD", 2006),
    ("Ford", "Escape", "SUV", 29_000, 0.120, "S/SE/SEL/Titanium", "i4 i4t hybrid", "FWD AWD", 2006),
    ("Ford", "Explorer", "SUV", 38_000, 0.118, "Base/XLT/Limited/Platinum", "i4t v6tt", "RWD 4WD", 2006),
    ("Ford", "Mustang", "Coupe", 32_000, 0.095, "EcoBoost/EcoBoost Premium/GT/GT Premium", "i4t i4m v8", "RWD", 2006),
    ("Chevrolet", "Silverado 1500", "Truck", 37_500, 0.090, "WT/LT/RST/High Country", "v6 v8 diesel", "RWD 4WD", 2006),
    ("Chevrolet", "Malibu", "Sedan", 25_500, 0.135, "LS/RS/LT/Premier", "i4 i4t", "FWD", 2006),
    ("Chevrolet", "Equinox", "SUV", 27_500, 0.125, "LS/LT/RS/Premier", "i4 i4t", "FWD AWD", 2006),
    ("Chevrolet", "Bolt EV", "Hatchback", 29_000, 0.165, "LT/Premier", "electric", "FWD", 2017),
    ("Nissan", "Altima", "Sedan", 26_000, 0.128, "S/SV/SR/SL", "i4 i4t", "FWD AWD", 2006),
    ("Nissan", "Rogue", "SUV", 28_500, 0.120, "S/SV/SL/Platinum", "i4 i4t", "FWD AWD", 2008),
    ("Nissan", "Leaf", "Hatchback", 29_500, 0.180, "S/SV/SL", "electric", "FWD", 2011),
    ("Hyundai", "Elantra", "Sedan", 21_500, 0.115, "SE/SEL/Limited", "i4s i4m hybrid", "FWD", 2006),
    ("Hyundai", "Tucson", "SUV", 27_500, 0.108, "SE/SEL/XRT/Limited", "i4 hybrid plugin", "FWD AWD", 2006),
    ("Hyundai", "Palisade", "SUV", 36_500, 0.095, "SE/SEL/Limited/Calligraphy", "v6", "FWD AWD", 2020),
    ("Kia", "Forte", "Sedan", 20_500, 0.118, "LX/LXS/GT-Line/GT", "i4s i4t", "FWD", 2010),
    ("Kia", "Sportage", "SUV", 27_500, 0.112, "LX/EX/SX/X-Pro", "i4 hybrid plugin", "FWD AWD", 2006),
    ("Kia", "Telluride", "SUV", 36_500, 0.080, "LX/S/EX/SX", "v6", "FWD AWD", 2020),
    ("Subaru", "Outback", "Wagon", 29_500, 0.095, "Base/Premium/Limited/Touring", "i4 i4t", "AWD", 2006),
    ("Subaru", "Crosstrek", "SUV", 26_000, 0.082, "Base/Premium/Sport/Limited", "i4s i4m", "AWD", 2013),
    ("Subaru", "WRX", "Sedan", 32_500, 0.085, "Base/Premium/Limited", "i4m i4t", "AWD", 2008),
    ("Jeep", "Wrangler", "SUV", 34_000, 0.068, "Sport/Sahara/Rubicon", "i4t v6 plugin", "4WD", 2007),
    ("Jeep", "Grand Cherokee", "SUV", 40_000, 0.120, "Laredo/Limited/Overland/Summit", "v6 v8 diesel", "RWD 4WD", 2006),
    ("Jeep", "Compass", "SUV", 27_500, 0.135, "Sport/Latitude/Limited", "i4 i4t", "FWD 4WD", 2007),
    ("BMW", "3 Series", "Sedan", 45_000, 0.140, "320i/330i/340i/M340i", "i4t i6t diesel", "RWD AWD", 2006),
    ("BMW", "X3", "SUV", 48_000, 0.138, "sDrive30i/xDrive30i/M40i", "i4t i6t plugin", "RWD AWD", 2006),
    ("BMW", "X5", "SUV", 66_000, 0.142, "xDrive35i/xDrive40i/xDrive50i/M50i", "i6t plugin diesel", "AWD", 2006),
    ("BMW", "4 Series", "Convertible", 56_000, 0.140, "430i/440i/M440i", "i4t i6t", "RWD AWD", 2014),
    ("Mercedes-Benz", "C-Class", "Sedan", 46_000, 0.145, "C 240/C 300/C 43 AMG", "i4t diesel", "RWD AWD", 2006),
    ("Mercedes-Benz", "E-Class", "Sedan", 60_000, 0.155, "E 350/E 450/E 53 AMG", "i4t i6t diesel", "RWD AWD", 2006),
    ("Mercedes-Benz", "GLC", "SUV", 49_000, 0.138, "GLC 300/GLC 350/GLC 43 AMG", "i4t plugin", "RWD AWD", 2016),
    ("Audi", "A4", "Sedan", 43_000, 0.148, "Premium/Premium Plus/Prestige", "i4t diesel", "FWD AWD", 2006),
    ("Audi", "Q5", "SUV", 47_000, 0.140, "Premium/Premium Plus/Prestige", "i4t i6t plugin", "AWD", 2009),
    ("Audi", "Q7", "SUV", 61_000, 0.150, "Premium/Premium Plus/Prestige", "i4t i6t diesel", "AWD", 2007),
    ("Tesla", "Model 3", "Sedan", 42_000, 0.155, "Standard/Long Range/Performance", "electric dual", "RWD AWD", 2017),
    ("Tesla", "Model Y", "SUV", 48_000, 0.150, "Long Range/Performance", "electric dual", "RWD AWD", 2020),
    ("Tesla", "Model S", "Hatchback", 80_000, 0.165, "Base/Long Range/Plaid", "electric dual", "RWD AWD", 2012),
)  # fmt: skip

MODELS = tuple(
    CarModel(
        make, name, body, price, decay,
        trims=tuple(trims.split("/")),
        engines=tuple(ENGINES[engine] for engine in engines.split()),
        drivetrains=tuple(drivetrains.split()),
        since=since,
    )
    for make, name, body, price, decay, trims, engines, drivetrains, since in _ROWS
)  # fmt: skip

# State: how dear cars are there, a town, and the first three digits of its postal codes.
REGIONS = {
    "CA": (1.05, "Fresno", "937"),
    "NY": (1.03, "Albany", "122"),
    "WA": (1.03, "Spokane", "992"),
    "MA": (1.02, "Worcester", "016"),
    "CO": (1.01, "Pueblo", "810"),
    "TX": (1.00, "Lubbock", "794"),
    "IL": (0.99, "Peoria", "616"),
    "PA": (0.98, "Erie", "165"),
    "GA": (0.97, "Macon", "312"),
    "FL": (0.97, "Ocala", "344"),
    "OH": (0.96, "Dayton", "454"),
    "MI": (0.95, "Lansing", "489"),
}
