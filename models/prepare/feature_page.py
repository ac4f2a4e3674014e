"""Prints docs/features.md from the features: ``python -m models.prepare.feature_page > docs/features.md``.

Knows the lists alone; that the page is up to date is held by a test.
"""

from collections.abc import Iterable, Sequence

from models.prepare.features import FAMILIES, FEATURES, OPTIONS, Feature
from models.prepare.leakage import LEAST_LEFT, MOST_BEYOND, PRICE_DEPENDENT
from models.prepare.levels import STEPS

INTRODUCTION = """# Features

What an estimator may know of a listing. A feature is built from listing columns alone; what a listing does not tell
is unknown, and no row is dropped for it. Features come in families, so that a study can leave out one family at a
time. In the tables, *level* marks the categories that are also price levels: what such cars ask beyond what age and
mileage let expect, shrunken where rows are few, and in training learned from other rows than the one that it stands
in ([levels.py](../models/prepare/levels.py)). All levels, age and mileage together give the log price to expect,
which is a column too, `expected`: every estimator but the baseline learns what it leaves over, because trees cannot
follow a line beyond the cars that they saw. A number that has one value in all training rows, and a season of which
training has seen less than three quarters of a year, are left unknown: nothing can be learned of them.

The list is in [features.py](../models/prepare/features.py). To add a feature, add it there and print this page anew:

```
python -m models.prepare.feature_page > docs/features.md
```
"""

OPTIONS_INTRODUCTION = """## Equipment words

`options` finds these words in the title and the trim, and reads nothing else of a title: what else it says ("great
deal", "reduced") may depend on the price, and is taken out of models and trims too, which sites write into titles."""

SELLERS = """## Dealers

A dealer's name stands in a model run's files as sixteen digits of its SHA-256, so that `tasador forget` leaves no name
in them; private sellers, and whoever is not known to be a dealer, are no `seller`."""

GUARD = f"""## What can never be a feature

These columns depend on the asking price; with one of them a model learns to give back what was asked, and its rating of
a deal says nothing. No feature reads one, nor any column with such a word in its name, and a test holds that.

{{columns}}

What no list knows is looked for by [leakage.py](../models/prepare/leakage.py) at each `tasador retrain`: a feature is
*suspicious* when it alone leaves less than {LEAST_LEFT:.0%} of what make, model, trim, age and mileage together leave
unexplained of prices, or alone explains more than {MOST_BEYOND:.0%} of what these leave. The model run's manifest names
it. A mild leak passes: a price with 20 % of noise where prices are well explained, or a badge of three coarse
words.
"""


def document() -> str:
    """Return the whole page, Markdown."""
    families = [f"## {family}\n\n{says.capitalize()}.\n\n{_features(family)}" for family, says in FAMILIES.items()]
    guard = GUARD.format(
        columns=_table(("column", "why"), ((f"`{name}`", why) for name, why in PRICE_DEPENDENT.items()))
    )
    return "\n".join(
        [INTRODUCTION, *families, f"{OPTIONS_INTRODUCTION}\n\n{', '.join(OPTIONS)}.\n", SELLERS + "\n", guard]
    )


def _features(family: str) -> str:
    rows = [_row(feature) for feature in FEATURES if feature.family == family]
    return _table(("feature", "kind", "read from", "what it says"), rows) + "\n"


def _row(feature: Feature) -> tuple[str, str, str, str]:
    columns = ", ".join(f"`{name}`" for name in sorted(set(feature.expression.meta.root_names())))
    kind = f"{feature.kind}, level" if feature.name in STEPS else feature.kind
    return f"`{feature.name}`", kind, columns, feature.says


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, ["---"] * len(heads), *rows])


if __name__ == "__main__":
    print(document(), end="")
