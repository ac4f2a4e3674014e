"""Reads the dates of a column, UTC: when a crawl saw a row. A date that could be two days is none."""

import polars as pl

# A bare date is that day at 00:00. Years come first, or days before points; what has slashes, the whole column decides.
ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
BARE = (
    "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d",
    "%Y%m%d", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S",
)  # fmt: skip
SLASHED = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")


def moments(texts: pl.Series) -> pl.Series:
    """Return each text's moment as a datetime in UTC; null where it is no date, or could be two."""
    distinct = texts.unique().to_frame("text").with_columns(pl.col("text").str.strip_chars().alias("words"))
    words = pl.col("words")
    zoned = (words.str.to_datetime(format, time_zone="UTC", time_unit="us", strict=False) for format in ZONED)
    bare = (_bare(words, format) for format in (*BARE, *_that_fit(distinct["words"])))
    meant = distinct.select("text", seen_at=pl.coalesce(*zoned, *bare))
    return texts.to_frame("text").join(meant, on="text", how="left", maintain_order="left")["seen_at"]


def _bare(words: pl.Expr, format: str) -> pl.Expr:
    if "%H" in format:
        return words.str.to_datetime(format, time_unit="us", strict=False).dt.replace_time_zone("UTC")
    return words.str.to_date(format, strict=False).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _that_fit(words: pl.Series) -> list[str]:
    """Return the notation of days and months that the column's own dates leave as the only one, for each mark."""
    fits: list[str] = []
    for mark in "/-":
        marked = words.filter(words.str.contains(rf"^\d{{1,2}}{mark}\d{{1,2}}{mark}\d{{4}}$"))
        formats = [format for format in SLASHED if mark in format]
        whole = [format for format in formats if marked.str.to_date(format, strict=False).null_count() == 0]
        if len(marked) and len(whole) == 1:
            fits += whole
    return fits
