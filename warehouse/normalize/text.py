"""What every reader starts from: published text made comparable. Knows no field and no vocabulary."""

import polars as pl

# What sites write where they have nothing to say.
MISSING = r"(?i)^(?:[\p{Pd}\s./?]*|n/?a|nan|null|none|unknown|unspecified|not specified|undefined)$"
# Most text is tidy and plain as it comes: to look is ten times cheaper than to normalise.
UNTIDY = r"[^!-~ ]|  |^ | $"
NOT_ASCII = r"[^\x00-\x7f]"


def tidy(text: pl.Expr) -> pl.Expr:
    """Return the text for people to read: single spaces, no edges, null where it says nothing."""
    return text.map_batches(_tidy, return_dtype=pl.String, is_elementwise=True)


def plain(text: pl.Expr) -> pl.Expr:
    """Return the text for patterns to match: tidy, lower case, without accents ("Coupé" is "coupe")."""
    return text.map_batches(_plain, return_dtype=pl.String, is_elementwise=True)


def _tidy(texts: pl.Series) -> pl.Series:
    untidy = texts.str.contains(UNTIDY)
    if untidy.any():
        cleaned = _only(texts, untidy).str.normalize("NFKC").str.replace_all(r"[\s\p{C}]+", " ").str.strip_chars()
        texts = cleaned.zip_with(untidy, texts)
    return _only(texts, ~texts.str.contains(MISSING))


def _plain(texts: pl.Series) -> pl.Series:
    lower = _tidy(texts).str.to_lowercase()
    accented = lower.str.contains(NOT_ASCII)
    if not accented.any():
        return lower
    unaccented = _only(lower, accented).str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return unaccented.str.replace_all("ß", "ss", literal=True).zip_with(accented, lower)


def _only(texts: pl.Series, mask: pl.Series) -> pl.Series:
    """Return the texts where the mask holds, else null: what is null costs nothing further."""
    return texts.zip_with(mask, pl.Series([None], dtype=pl.String))
