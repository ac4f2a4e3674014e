"""What every reader starts from: published text made comparable. Knows no field and no vocabulary."""

import polars as pl

# What sites write where they have nothing to say.
MISSING = r"(?i)^(?:[\p{Pd}\s./?]*|n/?a|nan|null|none|unknown|unspecified|not specified|undefined)$"
# Most text is tidy and plain as it comes: to look is ten times cheaper than to normalise.
UNTIDY = r"[^!-~ ]|  |^ | $"
NOT_ASCII = r"[^\x00-\x7f]"


def tidy(text: pl.Expr) -> pl.Expr:
    """Return the text for people to read: single spaces, no edges, null where it says nothing."""
    untidy = pl.when(text.str.contains(UNTIDY)).then(text)
    trimmed = untidy.str.normalize("NFKC").str.replace_all(r"[\s\p{C}]+", " ").str.strip_chars()
    tidied = pl.coalesce(trimmed, text)
    return pl.when(~tidied.str.contains(MISSING)).then(tidied)


def plain(text: pl.Expr) -> pl.Expr:
    """Return the text for patterns to match: tidy, lower case, without accents ("Coupé" is "coupe")."""
    lower = tidy(text).str.to_lowercase()
    accented = pl.when(lower.str.contains(NOT_ASCII)).then(lower)
    unaccented = accented.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_all("ß", "ss", literal=True)
    return pl.coalesce(unaccented, lower)
