"""Draws a chart of Altair's as SVG for a page: colours are the page's own, so that one drawing serves light and dark.

Vega draws it here and not in the browser: a page needs no script, and what a site wrote can be nothing but text.
"""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree
from zlib import crc32

import altair as alt
import polars as pl
import vl_convert
from markupsafe import Markup

from flows.report.blocks import Figure

WIDTH = 420  # of a figure with its axes, in its own units: as wide on a screen as there is room
HEIGHT = 250
SVG = "http://www.w3.org/2000/svg"
ACCENT, SECOND = "var(--accent)", "var(--second)"
COLORS = tuple(f"var(--color-{number})" for number in range(1, 7))

# Marks of which each says in its title what it stands for, as a tooltip; lines and areas say only their first point.
SAYING = re.compile("bar|point|circle|rect")

CONFIG: dict[str, Any] = {
    "background": "transparent",
    # Vega measures text as Arial; where it is not, text may be wider than its place
    "font": "Arial, Liberation Sans, Helvetica, sans-serif",
    "padding": {"left": 14, "right": 12, "top": 5, "bottom": 5},
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "titleFontWeight": "normal",
        "labelFontSize": 13,
        "titleFontSize": 13,
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelLimit": 150,
        "titlePadding": 12,
    },
    "axisX": {"grid": False, "labelOverlap": True, "labelSeparation": 16},
    "legend": {
        "orient": "top",
        "title": None,
        "labelColor": "var(--ink)",
        "labelFontSize": 13,
        "labelLimit": 150,
        "columns": 2,
        "columnPadding": 40,
        "rowPadding": 5,
        "symbolStrokeWidth": 3,
    },
    "bar": {"color": ACCENT},
    "line": {"color": ACCENT, "strokeWidth": 2},
    "point": {"color": ACCENT, "filled": True, "size": 34},
    "circle": {"color": ACCENT},
    "rule": {"color": "var(--muted)"},
    "text": {"color": "var(--muted)"},
}


def data(frame: pl.DataFrame) -> alt.Data:
    """Return a frame as what a chart draws; dates are written as ISO has them."""
    dates, times = pl.selectors.date(), pl.selectors.datetime()
    written = frame.with_columns(dates.dt.to_string("iso") + "T00:00", times.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    return alt.Data(values=written.to_dicts())


def colors(names: Sequence[str]) -> alt.Scale:
    """Return the colours of up to six names."""
    return alt.Scale(domain=list(names), range=list(COLORS[: len(names)]))


def figure(chart: alt.Chart | alt.LayerChart, title: str, description: str, *, note: str = "", rows: int = 0) -> Figure:
    """Draw a chart; ``rows`` makes one of so many lines of text as high as they need.

    Its axes carry their units; ``description`` is its alternative text.
    """
    size = {"width": WIDTH, "height": 24 * rows + 60 if rows else HEIGHT, "autosize": {"type": "fit"}}
    drawn = vl_convert.vegalite_to_svg({**chart.to_dict(), **size, "config": CONFIG})
    return Figure(title, description, _inlined(drawn, description), note)


def _inlined(drawn: str, description: str) -> Markup:
    """Return the SVG that a page takes in: as wide as its place, one image to a screen reader, tooltips on marks."""
    ElementTree.register_namespace("", SVG)
    own = f"{crc32(drawn.encode()):x}-clip"  # the ids of one figure must not be those of another
    root = ElementTree.fromstring(drawn.replace('id="clip', f'id="f{own}').replace("url(#clip", f"url(#f{own}"))
    for size in ("width", "height"):
        del root.attrib[size]
    root.set("role", "img")
    for element in list(root.iter()):
        said, mark = element.attrib.pop("aria-label", None), element.attrib.pop("aria-roledescription", "")
        if element is not root:
            element.attrib.pop("role", None)
        if said and SAYING.fullmatch(mark):
            ElementTree.SubElement(element, f"{{{SVG}}}title").text = said
    root.set("aria-label", description)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # ElementTree escapes
