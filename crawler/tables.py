"""Reads a table (CSV, Parquet, JSON Lines, Excel) as listings: columns are recognised by name.

Must not clean a value: "$39,998" stays so, and the warehouse understands it.
"""

import gzip
import io
import json
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from crawler.errors import UsageError
from crawler.items import FIELD_NAMES, Listing

# What a source writes where it says nothing; in place of a price it is kept, since it is the site's answer.
SILENT = ("\u2013", "\u2014", "-", "", "na", "n/a", "null")

# The names, besides the field's own, under which a column is recognised, in lower case without accents, spaces or
# punctuation. Where a table has several columns of one field, the earlier name here is read first.
SYNONYMS = {
    "source_id": "id listingid adid anzeigenid advertid reference ref",
    "url": "detailurl link href http listingurl permalink enlace lien",
    "title": "name headline heading titulo titre titel",
    "vin": "vehicleidentificationnumber fahrgestellnummer bastidor fin chassisnumber",
    "stock_number": "stock stockno stocknum stockid",
    "make": "brand manufacturer marca marke marque hersteller",
    "model": "modelo modell modele modelname",
    "trim": "trimlevel version variant variante ausstattung finition derivative",
    "model_year": "year ano annee baujahr jahr firstregistration erstzulassung yearofmanufacture registrationyear",
    "price": "askingprice listingprice sellingprice saleprice totalprice preis precio prix verkaufspreis priceusd",
    "currency": "pricecurrency currencycode wahrung moneda devise",
    "msrp": "newprice pricenew listpricenew neupreis precionuevo prixneuf",
    "mileage": (
        "milage miles odometer odometerreading kilometres kilometers km kms kilometros kilometraje recorrido "
        "kilometerstand laufleistung kilometrage mileagekm mileagemiles"
    ),
    "condition": "usednew newused usedornew neworused stocktype zustand estado etat condicion",
    "body_style": "bodytype body bodyshape bodystylename karosserie karosserieform carroceria carrosserie vehicletype",
    "drivetrain": "drivetype drive drivewheel drivewheelconfiguration wheeldrive traccion antrieb antriebsart",
    "transmission": "gearbox transmissiontype getriebe getriebeart transmision caja boite boitedevitesse",
    "engine": "enginename enginedescription motor moteur",
    "engine_displacement": "enginesize enginecapacity displacement engineliters enginecc hubraum cilindrada cylindree",
    "cylinders": "cylindersinengine cylindercount numcylinders zylinder cilindros cylindres",
    "power": "horsepower hp enginepower leistung potencia puissance ps kw",
    "fuel_type": "fuel fueltypename kraftstoff kraftstoffart combustible tipodecombustible carburant",
    "fuel_economy_city": "minmpg citympg mpgcity",
    "fuel_economy_highway": "maxmpg highwaympg mpghighway hwympg",
    "exterior_color": "extcol exteriorcolour extcolor color colour paintcolor colourextint farbe aussenfarbe couleur",
    "interior_color": "intcol interiorcolour intcolor innenfarbe colorinterior couleurinterieure",
    "doors": "numberofdoors doorcount turen puertas portes",
    "seats": "numberofseats seatingcapacity seatcount sitze asientos places",
    "owners": "ownercount numberofowners previousowners numowners vorbesitzer proprietaires",
    "accidents": "accident accidenthistory hasaccidents accidentsreported unfall accidentes",
    "title_status": "cleantitle titlestate",
    "seller_type": "sellerkind vendortype anbietertyp tipodevendedor typevendeur",
    "seller_name": "seller dealer dealername dealership vendor vendorname handler anbieter vendedor vendeur",
    "seller_rating": "dealerrating",
    "city": "town location ort stadt ciudad ville ubicacion localisation",
    "region": "state province bundesland provincia departamento county",
    "postal_code": "zipcode zip postcode plz codigopostal codepostal",
    "country": "countrycode land pais pays",
    "published_at": "listedat dateposted postdate postedat publishedon publicationdate listingdate",
}  # fmt: skip

# What is personal where the seller is a private person: these words in a column's name, whatever the field.
PERSONAL = ("sellername", "phone", "telefon", "mail", "street", "address", "contact")
PRIVATE = ("priv", "partic")  # how "private" begins in English, German, French and Spanish


@dataclass(frozen=True, slots=True)
class Table:
    """A table as listings: one for each row of the file, in its order.

    ``columns`` says which column each listing field is read from, ``fallbacks`` which field a further column stands
    in for where the first one is silent ("Recorrido": "mileage"); ``unmapped`` columns go to ``Listing.extra``.
    """

    path: Path
    columns: dict[str, str]
    fallbacks: dict[str, str]
    unmapped: tuple[str, ...]
    listings: list[Listing]


def read_table(path: Path, mapping: Mapping[str, str] | None = None) -> Table:
    """Return the table at ``path`` as raw listings; ``mapping`` {listing field: column} overrides recognition.

    Raises:
        UsageError: the file is missing or unreadable, has no price column, or ``mapping`` names what is not there.
    """
    frame = _read_strings(path)
    mapping = dict(mapping or {})
    _check_mapping(path, mapping, frame.columns)
    sources = _recognise(frame.columns, mapping)
    if "price" not in sources:
        raise UsageError(
            f"{path} has no price column, only {', '.join(frame.columns)}: name it with --map price=COLUMN"
        )
    mapped = {column for columns in sources.values() for column in columns}
    unmapped = tuple(column for column in frame.columns if column not in mapped)
    return Table(
        path=path,
        columns={field: columns[0] for field, columns in sources.items()},
        fallbacks={column: field for field, columns in sources.items() for column in columns[1:]},
        unmapped=unmapped,
        listings=_listings(frame, sources, unmapped),
    )


def _check_mapping(path: Path, mapping: Mapping[str, str], columns: Sequence[str]) -> None:
    for field, column in mapping.items():
        if field not in FIELD_NAMES:
            raise UsageError(f"--map field must be one of {', '.join(FIELD_NAMES)}, got {field!r}")
        if column not in columns:
            raise UsageError(f"--map column must be one of {', '.join(columns)} ({path}), got {column!r}")


def _recognise(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the columns of each field, the one to read first first."""
    sources = {field: [column] for field, column in mapping.items()}
    found: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        field, rank = _KNOWN.get(_plain(column)) or _KNOWN.get(_plain(column).rstrip("0123456789")) or ("", 0)
        if field and field not in mapping and column not in mapping.values():
            found.setdefault(field, []).append((rank, column))
    for field, ranked in found.items():
        sources[field] = [column for _, column in sorted(ranked, key=lambda entry: entry[0])]
    return {field: sources[field] for field in FIELD_NAMES if field in sources}


def _plain(name: str) -> str:
    """Return a column's name in lower case, letters and digits only: "Único.dueño" is "unicodueno"."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


_KNOWN = {
    name: (field, rank)
    for field, synonyms in SYNONYMS.items()
    for rank, name in enumerate((_plain(field), *synonyms.split()))
}


def _listings(frame: pl.DataFrame, sources: dict[str, list[str]], unmapped: tuple[str, ...]) -> list[Listing]:
    words = frame.with_columns(pl.all().str.strip_chars())
    said = {column: pl.col(column).replace("", None) for column in sources["price"]}
    said |= {
        column: pl.when(~pl.col(column).str.to_lowercase().is_in(SILENT)).then(column)
        for column in frame.columns
        if column not in said
    }
    values = words.select(pl.coalesce(said[column] for column in columns) for columns in sources.values()).rows()
    extras = words.select(said[column] for column in unmapped).rows() if unmapped else [()] * len(values)
    return [
        _without_person(Listing(**dict(zip(sources, row, strict=True)), extra=_spoken(unmapped, extra)))
        for row, extra in zip(values, extras, strict=True)
    ]


def _spoken(names: tuple[str, ...], values: tuple[str | None, ...]) -> dict[str, str]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _without_person(listing: Listing) -> Listing:
    """Return the listing without what names or reaches its seller, where that is a private person."""
    if (listing.seller_type or "").lower().startswith(PRIVATE):
        listing.seller_name = None
        listing.extra = {name: value for name, value in listing.extra.items() if not _is_personal(name)}
    return listing


def _is_personal(column: str) -> bool:
    return any(word in _plain(column) for word in PERSONAL)


def _read_strings(path: Path) -> pl.DataFrame:
    """Return the file as a frame of strings and nulls."""
    suffix = "".join(path.suffixes[-2:]).lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if suffix not in _READERS:
        raise UsageError(f"table must be a file of kind {', '.join(_READERS)}, got {str(path)!r}")
    try:
        content = path.read_bytes()
        frame = _READERS[suffix](gzip.decompress(content) if suffix.endswith(".gz") else content)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, EOFError, zlib.error, pl.exceptions.PolarsError, fastexcel.FastExcelError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(f"{path} cannot be read as {suffix}: {reason}") from error
    if frame.is_empty():
        raise UsageError(f"{path} holds no rows")
    return frame


def _read_csv(content: bytes) -> pl.DataFrame:
    header = content.split(b"\n", 1)[0]
    separator = max(",;\t|", key=lambda mark: header.count(mark.encode()))
    return pl.read_csv(content, infer_schema=False, separator=separator)


def _read_jsonl(content: bytes) -> pl.DataFrame:
    return _strings([json.loads(line) for line in content.splitlines() if line.strip()])


def _read_parquet(content: bytes) -> pl.DataFrame:
    return _strings(pl.read_parquet(io.BytesIO(content)).to_dicts())


def _read_excel(content: bytes) -> pl.DataFrame:
    return _strings(pl.read_excel(content, infer_schema_length=None).to_dicts())


_READERS: dict[str, Callable[[bytes], pl.DataFrame]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".jsonl": _read_jsonl,
    ".jsonl.gz": _read_jsonl,
    ".parquet": _read_parquet,
    ".xlsx": _read_excel,
}


def _strings(rows: list[dict[str, Any]]) -> pl.DataFrame:
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("each line must be a JSON object")
    names = dict.fromkeys(name for row in rows for name in row)
    return pl.DataFrame({name: pl.Series([_text(row.get(name)) for row in rows], dtype=pl.String) for name in names})


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
