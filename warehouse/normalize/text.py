"""What every reader starts from: published text made comparable. Knows no field and no vocabulary."""

import polars as pl

# What sites write where they have nothing to say.
MISSING = r"(?i)^(?:[\p{Pd}\s./?]*|n/?a|nan|null|none|unknown|unspecified|not specified|undefined)$"


def tidy(text: pl.Expr) -> pl.Expr:
    """Return the text for people to read: single spaces, no edges, null where it says nothing."""
    trimmed = text.str.normalize("NFKC").str.replace_all(r"[\s\p{C}]+", " ").str.strip_chars()
    return trimmed.str.replace(MISSING, "").str.extract("^(.+)$")


def plain(text: pl.Expr) -> pl.Expr:
    """Return the text for patterns to match: tidy, lower case, without accents ("Coupé" is "coupe")."""
    unaccented = tidy(text).str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return unaccented.str.replace_all("ß", "ss", literal=True)
