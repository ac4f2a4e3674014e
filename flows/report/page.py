"""Writes a page: sections become one HTML file that asks nobody for anything. Knows no data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler.clock import now
from flows.report.blocks import Block, Section
from flows.report.source import Nothing, Source

WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filled:
    """A section and what it shows: its blocks, or in ``missing`` why there are none."""

    section: Section
    blocks: Sequence[Block] = ()
    missing: str = ""


def write_page(path: Path, title: str, lead: str, sections: Sequence[Section], source: Source) -> Path:
    """Write the sections as one HTML page; the file is there only when it is whole."""
    html = _environment().get_template("page.html").render(
        title=title, lead=lead, written_at=now(), filled=[_filled(section, source) for section in sections]
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(f".{path.name}.writing")
    building.write_text(html, encoding="utf-8", errors="replace")
    building.replace(path)
    return path


def is_web_address(address: str | None) -> bool:
    """Tell whether an address may be a link: http or https, and nothing that a browser would run."""
    return bool(address and WEB_ADDRESS.fullmatch(address))


def _filled(section: Section, source: Source) -> Filled:
    try:
        return Filled(section, section.blocks(source))
    except Nothing as why:
        return Filled(section, missing=str(why))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("flows.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.tests["web_address"] = is_web_address
    return environment
