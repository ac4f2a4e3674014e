"""Reads a table (CSV, Parquet, JSON Lines, Excel) as listings: columns are recognised by name.

Must not clean a value: "$39,998" stays so, and the warehouse understands it.
"""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from crawler.errors import UsageError
from crawler.field_names import recognise
from crawler.items import FIELD_NAMES, Listing
from crawler.personal import without_person

# What a source writes where it says nothing; in place of a price it is kept, since it is the site's answer.
SILENT = ("\u2013", "\u2014", "-", "", "na", "n/a", "null")


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
    sources = recognise(frame.columns, mapping)
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
        without_person(Listing(**dict(zip(sources, row, strict=True)), extra=_spoken(unmapped, extra)))
        for row, extra in zip(values, extras, strict=True)
    ]


def _spoken(names: tuple[str, ...], values: tuple[str | None, ...]) -> dict[str, str]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


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
        advice = ": save it as UTF-8" if "utf-8" in reason.lower() else ""
        raise UsageError(f"{path} cannot be read as {suffix}: {reason}{advice}") from error
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
