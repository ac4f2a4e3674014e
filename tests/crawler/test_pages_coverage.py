"""The table of docs/field-coverage.md is what the page classes read from the real saved pages."""

from pathlib import Path

from bench.field_coverage import table
from bench.pages import sources

DOC = Path(__file__).resolve().parent.parent.parent / "docs" / "field-coverage.md"


def test_field_coverage_in_the_docs_is_what_is_read(shared_pages: Path) -> None:
    assert table(sources(real_pages=shared_pages)) in DOC.read_text()
