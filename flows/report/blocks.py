"""What a page is made of: sections of figures, tables and tiles. Knows no data, and no HTML but a drawn figure's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from flows.report.source import Source


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, always text; ``address`` makes it a link where it is an address of the web."""

    text: str
    address: str | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column names; the first column names the row. What comes after ``shown`` rows is folded away."""

    kind: ClassVar = "table"
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shown: int = 10


@dataclass(frozen=True, slots=True)
class Tiles:
    """A few figures, large: what it is, the figure, and what to know of it."""

    kind: ClassVar = "tiles"
    tiles: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as SVG; ``description`` says in words what it shows, to whom cannot see it, ``note`` to everybody."""

    kind: ClassVar = "figure"
    title: str
    description: str
    svg: Markup
    note: str = ""


Block = Table | Tiles | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: its anchor, its heading, how to read it, and what makes its blocks.

    ``blocks`` raises Nothing where there is nothing to show. A folded one shows its title until somebody opens it.
    """

    anchor: str
    title: str
    lead: str
    blocks: Callable[[Source], Sequence[Block]]
    is_folded: bool = False
