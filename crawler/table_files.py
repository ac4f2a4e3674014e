"""Opens a file of rows (CSV, Parquet, JSON Lines, Excel, gzip of the text ones) as a frame, of strings where asked.

Knows neither fields nor profiles; no value is changed.
"""

import gzip
import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from crawler.errors import UsageError


def read_strings(path: Path) -> tuple[pl.DataFrame, str | None]:
    """Return the file as a frame of strings and nulls, and its encoding where it is text and not UTF-8.

    Raises UsageError as ``read_rows`` does.
    """
    rows, encoding = read_rows(path)
    return _as_strings(rows), encoding


def read_rows(path: Path) -> tuple[pl.DataFrame, str | None]:
    """Return the file's rows with the types that it has (text has none: strings), and its encoding likewise.

    Raises:
        UsageError: the file is missing, of another kind, damaged or empty.
    """
    suffix = "".join(path.suffixes[-2:]).lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    kind = suffix.removesuffix(".gz")
    if kind not in _READERS or (suffix.endswith(".gz") and kind not in _TEXTS):
        raise UsageError(f"table must be a file of kind {', '.join(KINDS)}, got {str(path)!r}")
    encoding = None
    try:
        content = gzip.decompress(path.read_bytes()) if suffix.endswith(".gz") else path.read_bytes()
        if kind in _TEXTS:
            content, encoding = _as_utf8(content)
        frame = _READERS[kind](content)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, EOFError, zlib.error, pl.exceptions.PolarsError, fastexcel.FastExcelError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(f"{path} cannot be read as {suffix}: {reason}") from error
    if frame.is_empty():
        raise UsageError(f"{path} holds no rows")
    return frame, encoding


def _as_utf8(content: bytes) -> tuple[bytes, str | None]:
    """Return a text in UTF-8, and what it was encoded in where that was something else."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16").encode(), "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.encode(), None if encoding == "utf-8-sig" else encoding
    # Windows' encoding leaves five bytes undefined; Latin-1 none.
    return content.decode("latin-1").encode(), "latin-1"


def _read_csv(content: bytes) -> pl.DataFrame:
    header = content.split(b"\n", 1)[0]
    separator = max(",;\t|", key=lambda mark: header.count(mark.encode()))
    return pl.read_csv(content, infer_schema=False, separator=separator)


def _read_jsonl(content: bytes) -> pl.DataFrame:
    names: dict[str, None] = {}
    for row in map(json.loads, filter(None, map(bytes.strip, content.splitlines()))):
        if not isinstance(row, dict):
            raise ValueError("each line must be a JSON object")
        names |= dict.fromkeys(row)
    # Every value as a string: a list or an object as its JSON.
    return pl.read_ndjson(content, schema=dict.fromkeys(names, pl.String)) if names else pl.DataFrame()


def _read_parquet(content: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(content))


def _read_excel(content: bytes) -> pl.DataFrame:
    return pl.read_excel(content, infer_schema_length=None)


def nested_as_json(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with lists and objects as their JSON."""
    nested = [column for column in frame.iter_columns() if column.dtype.is_nested()]
    return frame.with_columns(pl.Series(column.name, map(_json, column.to_list()), pl.String) for column in nested)


def _as_strings(frame: pl.DataFrame) -> pl.DataFrame:
    return nested_as_json(frame).cast(pl.String)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


_TEXTS: dict[str, Callable[[bytes], pl.DataFrame]] = {".csv": _read_csv, ".jsonl": _read_jsonl}
_READERS = {**_TEXTS, ".parquet": _read_parquet, ".xlsx": _read_excel}
KINDS = tuple(suffix for kind in _READERS for suffix in ((kind, f"{kind}.gz") if kind in _TEXTS else (kind,)))
