"""Reads a table as listings: by a source profile, else columns are recognised by name.

Must not clean a value: "$39,998" stays so, and the warehouse understands it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from crawler.dates import moments
from crawler.errors import UsageError
from crawler.field_names import DATE_RANK, plain, recognise
from crawler.items import FIELD_NAMES, Listing
from crawler.personal import without_person
from crawler.profiles import Profile, Split
from crawler.table_files import read_strings

# What a source writes where it says nothing; in place of a price it is kept, since it is the site's answer.
SILENT = ("\u2013", "\u2014", "-", "", "na", "n/a", "null")

# In Table.rows, before the name of a column that is kept as published.
EXTRA = "extra."


@dataclass(frozen=True)
class Table:
    """A table as published listings.

    ``columns`` says which column each listing field is read from, ``fallbacks`` which field a further column stands
    in for where the first one is silent ("Recorrido": "mileage"), ``splits`` which columns say several fields,
    ``constants`` what holds for every row; ``unmapped`` columns go to ``Listing.extra``, ``ignored`` ones nowhere.

    ``rows`` has one row for each row of the file that says something, in its order: ``row`` (its number, from 1),
    ``seen_at`` (UTC; null without a readable date), the listing fields, and the unmapped columns with EXTRA before
    their names. ``date_column`` is None where the rows have no dates; ``encoding`` is named where it is not UTF-8.
    """

    path: Path
    header: tuple[str, ...]
    columns: dict[str, str]
    fallbacks: dict[str, str]
    splits: tuple[Split, ...]
    constants: dict[str, str]
    unmapped: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: pl.DataFrame
    empty_rows: tuple[int, ...]
    date_column: str | None
    encoding: str | None
    profile: Profile | None

    @cached_property
    def listings(self) -> list[Listing]:
        """All rows as listings."""
        return list(iterate_listings(self.rows))

    @property
    def sources(self) -> dict[str, list[str]]:
        """The columns of each field, the one to read first first."""
        further = self.fallbacks.items()
        return {field: [first, *(name for name, of in further if of == field)] for field, first in self.columns.items()}


def no_profile(frame: pl.DataFrame) -> Profile | None:
    """Choose no profile, whatever the table looks like."""
    return None


def read_table(
    path: Path,
    mapping: Mapping[str, str] | None = None,
    *,
    choose_profile: Callable[[pl.DataFrame], Profile | None] = no_profile,
    date_column: str | None = None,
    needs_price: bool = True,
) -> Table:
    """Return the table at ``path`` as raw listings.

    Args:
        path: the file.
        mapping: listing field to column, over what the profile says or the names tell.
        choose_profile: returns the profile to read a frame of strings by, or None.
        date_column: when each row was seen; by default what the profile says, or a column of a known name.
        needs_price: refuse a table without a price column.

    Raises:
        UsageError: the file is missing or unreadable, needs a price column, or what is named is not there.
    """
    frame, encoding = read_strings(path)
    frame = frame.with_columns(pl.all().str.strip_chars())
    profile = choose_profile(frame)
    mapping = dict(mapping or {})
    _check_names(path, mapping, date_column, frame.columns)
    date_column, dates = _dates(frame, date_column, profile)
    read = [name for name in frame.columns if name != date_column]
    sources = _sources(read, mapping, profile)
    splits = tuple(split for split in profile.splits if split.column in frame.columns) if profile else ()
    if needs_price and "price" not in sources:
        raise UsageError(
            f"{path} has no price column, only {', '.join(frame.columns)}: name it with --map price=COLUMN"
        )
    ignored = tuple(name for name in read if profile and name in profile.ignored)
    mapped = {name for names in sources.values() for name in names} | {split.column for split in splits} | {*ignored}
    unmapped = tuple(name for name in read if name not in mapped)
    constants = dict(profile.constants) if profile else {}
    is_empty = frame.select(pl.all_horizontal(pl.all().replace("", None).is_null())).to_series()
    rows = (
        frame.select(**_fields(sources, splits, constants), **{EXTRA + name: _said(name) for name in unmapped})
        .insert_column(0, pl.Series("row", range(1, frame.height + 1), dtype=pl.UInt32))
        .insert_column(1, dates.alias("seen_at"))
        .filter(~is_empty)
    )
    return Table(
        path=path,
        header=tuple(frame.columns),
        columns={field: columns[0] for field, columns in sources.items()},
        fallbacks={column: field for field, columns in sources.items() for column in columns[1:]},
        splits=splits,
        constants=constants,
        unmapped=unmapped,
        ignored=ignored,
        rows=rows,
        empty_rows=tuple((is_empty.arg_true() + 1).to_list()),
        date_column=date_column,
        encoding=encoding,
        profile=profile,
    )


def recognised_fields(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the listing fields that a frame of strings says by its columns' names, one row per row."""
    return frame.select(**_fields(recognise(frame.columns, {}), (), {}))


def iterate_listings(rows: pl.DataFrame) -> Iterator[Listing]:
    """Yield rows of a table as listings, without the persons in them."""
    fields = [name for name in rows.columns if name in FIELD_NAMES]
    extras = [name for name in rows.columns if name.startswith(EXTRA)]
    names = [name.removeprefix(EXTRA) for name in extras]
    values = rows.select(fields).iter_rows()
    further = rows.select(extras).iter_rows() if extras else iter([()] * rows.height)
    for row, extra in zip(values, further, strict=True):
        spoken = {name: value for name, value in zip(names, extra, strict=True) if value is not None}
        yield without_person(Listing(**dict(zip(fields, row, strict=True)), extra=spoken))


def _check_names(path: Path, mapping: Mapping[str, str], date_column: str | None, columns: Sequence[str]) -> None:
    for field in mapping:
        if field not in FIELD_NAMES:
            raise UsageError(f"--map field must be one of {', '.join(FIELD_NAMES)}, got {field!r}")
    for option, column in [("--map column", name) for name in mapping.values()] + [("--date-column", date_column)]:
        if column is not None and column not in columns:
            raise UsageError(f"{option} must be one of {', '.join(columns)} ({path}), got {column!r}")


def _dates(frame: pl.DataFrame, named: str | None, profile: Profile | None) -> tuple[str | None, pl.Series]:
    """Return the column that says when each row was seen, and what it says."""
    chosen = named or (profile.date_column if profile and profile.date_column in frame.columns else None)
    ranked = {name: DATE_RANK[plain(name)] for name in frame.columns if plain(name) in DATE_RANK}
    known = [] if profile else sorted(ranked, key=lambda name: ranked[name])
    for column in [chosen] if chosen else known:
        dates = moments(frame[column])
        # What only a name suggests must hold for most rows.
        if chosen or dates.null_count() * 2 < frame.height:
            return column, dates
    return None, pl.Series([None] * frame.height, dtype=pl.Datetime("us", "UTC"))


def _sources(columns: Sequence[str], mapping: Mapping[str, str], profile: Profile | None) -> dict[str, list[str]]:
    if profile is None:
        return recognise(columns, mapping)
    declared = {field: [name for name in names if name in columns] for field, names in profile.columns.items()}
    declared |= {field: [column] for field, column in mapping.items()}
    return {field: declared[field] for field in FIELD_NAMES if declared.get(field)}


def _fields(
    sources: Mapping[str, list[str]], splits: Sequence[Split], constants: Mapping[str, str]
) -> dict[str, pl.Expr]:
    """Return each field as the first of its columns, its splits and its constant that says something."""
    said: dict[str, list[pl.Expr]] = {field: [_said(name, field) for name in names] for field, names in sources.items()}
    for split in splits:
        groups = pl.col(split.column).str.replace_all(r"\s+", " ").str.extract_groups(split.pattern)
        for field in split.fields:
            said.setdefault(field, []).append(_spoken(groups.struct.field(field).str.strip_chars(), field))
    for field, value in constants.items():
        said.setdefault(field, []).append(pl.lit(value))
    return {field: pl.coalesce(said[field]) for field in FIELD_NAMES if field in said}


def _said(column: str, field: str = "") -> pl.Expr:
    return _spoken(pl.col(column), field)


def _spoken(text: pl.Expr, field: str) -> pl.Expr:
    if field == "price":
        return text.replace("", None)
    return pl.when(~text.str.to_lowercase().is_in(SILENT)).then(text)
