"""What an import would do, told before it does it."""

import textwrap

import polars as pl

from crawler.tables import Table
from flows.show import WIDTH, print_lines, print_table
from flows.steps.preview_import import Preview

LONGEST_EXAMPLE = 20
LONGEST_LIST = 32

COUNT_WORDS = {
    "rows": "rows in the file",
    "exact_duplicates": "- exact duplicates of another row of the same crawl",
    "further_observations": "- further rows of a listing that is counted already",
    "rejected": "- rejects",
    "listings": "= listings",
}


def tell_preview(preview: Preview) -> None:
    """Tell how the columns are read and understood, and what would become of each row."""
    tell_reading(preview.source.table, preview.source.site.name)
    fields = preview.fields.with_columns(pl.col("column").fill_null("(profile)")).with_columns(
        pl.col("understood").map_elements(_share, return_dtype=pl.String),
        *(_shortened(name) for name in ("column", "example")),
        _shortened("not_understood", LONGEST_LIST),
    )
    print_table(fields, "How the columns are understood")
    print_lines(
        _one_line(f"rejected, {reason} ({rows:,}), as row {row}: {example or 'nothing in it'}")
        for reason, rows, row, example in preview.rejects.iter_rows()
    )
    print_lines(f"{preview.counts[name]:>9,}  {words}" for name, words in COUNT_WORDS.items())
    if preview.crawls > 1:
        print_lines(
            [f"{preview.crawls:>9,}  crawls, {preview.first_seen_at:%Y-%m-%d} to {preview.last_seen_at:%Y-%m-%d}"]
        )
    print_lines(["Nothing was landed. Without --dry-run it is."])


def tell_reading(table: Table, site: str) -> None:
    """Tell by what profile a table is read, and what of it is kept how."""
    said = {
        "site": site,
        "profile": table.profile.name if table.profile else "none: columns are recognised by their names",
        "decoded as": table.encoding,
        "seen at": table.date_column,
        "kept as published": ", ".join(table.unmapped),
        "not kept": ", ".join(table.ignored),
    }
    for name, words in said.items():
        if words:
            print_lines(textwrap.wrap(f"{name + ':':26}{words}", WIDTH, subsequent_indent=" " * 26))


def _share(share: float) -> str:
    """Only all is 100 %."""
    return f"{share if share == 1 else min(share, 0.999):.1%}"


def _shortened(name: str, longest: int = LONGEST_EXAMPLE) -> pl.Expr:
    text = pl.col(name).str.replace_all(r"\s+", " ")
    return (
        pl.when(text.str.len_chars() > longest).then(text.str.slice(0, longest - 1) + "…").otherwise(text).alias(name)
    )


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
