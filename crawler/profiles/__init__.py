"""Source profiles: how the table of one source is read, as TOML files beside this one and of people's own.

A profile is recognised by the columns that a table has. It holds names and patterns, never listings.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import polars as pl

from crawler.errors import UsageError
from crawler.items import FIELD_NAMES
from crawler.sites import DistanceUnit, checked_currency, checked_name

BUNDLED = Path(__file__).parent
ROWS_TO_RECOGNISE = 100


@dataclass(frozen=True, slots=True)
class Split:
    """A column that says several things: each group of the pattern is named for the field that it is."""

    column: str
    pattern: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The listing fields that it gives."""
        return tuple(re.compile(self.pattern).groupindex)


@dataclass(frozen=True, slots=True)
class Profile:
    """How one source's table is read.

    ``signature`` says which columns it must have, with a pattern for their values ("" for any). A field is read from
    the first of its ``columns`` that says something, else from a split, else it is the constant. ``ignored`` columns
    are the crawler's own bookkeeping, and not kept. ``date_column`` says when each row was seen, and ``is_complete``
    that each of its dates, or the whole table, is all that the site has.
    """

    name: str
    site: str
    currency: str
    distance_unit: DistanceUnit
    signature: dict[str, str]
    columns: dict[str, tuple[str, ...]]
    splits: tuple[Split, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    date_column: str | None = None
    is_complete: bool = False

    def recognises(self, frame: pl.DataFrame) -> bool:
        """Whether a table has the columns of the signature, with values like that in its first rows."""
        return set(self.signature) <= set(frame.columns) and all(
            frame[column].head(ROWS_TO_RECOGNISE).drop_nulls().str.contains(pattern).all()
            for column, pattern in self.signature.items()
            if pattern
        )


def read_profiles(own: Path) -> dict[str, Profile]:
    """Return every profile by its name: those of the folder ``own``, where there is one, and the bundled ones.

    Raises:
        UsageError: a file is no profile; the message says why.
    """
    paths = [*sorted(BUNDLED.glob("*.toml")), *sorted(own.glob("*.toml"))]
    return {path.stem: read_profile(path) for path in paths}


def recognised(frame: pl.DataFrame, profiles: Mapping[str, Profile]) -> Profile | None:
    """Return the profile whose signature the table has; of several, the one that asks for the most columns."""
    # A profile of one's own comes last, and goes before a bundled one that asks for as much.
    fitting = [profile for profile in reversed(list(profiles.values())) if profile.recognises(frame)]
    return max(fitting, key=lambda profile: len(profile.signature), default=None)


def named(name: str, profiles: Mapping[str, Profile]) -> Profile:
    """Return one profile. Raises UsageError, which names those that there are."""
    if name not in profiles:
        raise UsageError(f"profile must be one of {', '.join(profiles)}, got {name!r}")
    return profiles[name]


def read_profile(path: Path) -> Profile:
    """Return the profile in a TOML file; its name is the file's.

    Raises:
        UsageError: the file cannot be read, or is no profile.
    """
    try:
        return _profile(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, AttributeError, KeyError, re.error, UsageError) as error:
        raise UsageError(f"{path} is no source profile: {error} (docs/importing.md has the format)") from error


def write_profile(folder: Path, profile: Profile) -> Path:
    """Write a profile as ``<name>.toml`` into the folder, over one of that name, and return the path."""
    path = folder / f"{checked_name(profile.name)}.toml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_toml(profile)) + "\n", encoding="utf-8")
    return path


def _profile(name: str, table: dict[str, Any]) -> Profile:
    known = {entry.name for entry in fields(Profile)} - {"name"}
    if unknown := sorted(set(table) - known):
        raise ValueError(f"it has no setting {unknown[0]!r}, only {', '.join(sorted(known))}")
    if missing := [key for key in ("site", "currency", "distance_unit", "signature") if key not in table]:
        raise ValueError(f"it lacks {missing[0]}")
    if table["distance_unit"] not in ("mi", "km"):
        raise ValueError(f"distance_unit must be mi or km, got {table['distance_unit']!r}")
    columns = {field: _names(value) for field, value in table.get("columns", {}).items()}
    splits = tuple(Split(**split) for split in table.get("splits", ()))
    constants = table.get("constants", {})
    for field_name in (*columns, *constants, *(named for split in splits for named in split.fields)):
        if field_name not in FIELD_NAMES:
            raise ValueError(f"field must be one of {', '.join(FIELD_NAMES)}, got {field_name!r}")
    return Profile(
        name=name,
        site=checked_name(table["site"]),
        currency=checked_currency(table["currency"]),
        distance_unit=table["distance_unit"],
        signature={column: re.compile(pattern).pattern for column, pattern in table["signature"].items()},
        columns=columns,
        splits=splits,
        constants=constants,
        ignored=tuple(table.get("ignored", ())),
        date_column=table.get("date_column"),
        is_complete=bool(table.get("is_complete", False)),
    )


def _names(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _toml(profile: Profile) -> list[str]:
    # A JSON string is a TOML string.
    said = {"site": profile.site, "currency": profile.currency, "distance_unit": profile.distance_unit}
    said |= {"date_column": profile.date_column} if profile.date_column else {}
    return [
        *(f"{name} = {_quoted(value)}" for name, value in said.items()),
        f"is_complete = {json.dumps(profile.is_complete)}",
        f"ignored = {_quoted(profile.ignored)}",
        "\n[signature]",
        *(f"{_quoted(column)} = {_quoted(pattern)}" for column, pattern in profile.signature.items()),
        "\n[columns]",
        *(f"{field} = {_quoted(columns)}" for field, columns in profile.columns.items()),
        *(
            f"\n[[splits]]\ncolumn = {_quoted(split.column)}\npattern = {_quoted(split.pattern)}"
            for split in profile.splits
        ),
        "\n[constants]",
        *(f"{field} = {_quoted(value)}" for field, value in profile.constants.items()),
    ]


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
