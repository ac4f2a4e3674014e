"""Prints docs/vocabularies.md from the vocabularies: ``python -m warehouse.normalize.glossary > docs/vocabularies.md``.

Knows the data alone; that the document is up to date, and that its samples are understood, is held by a test.
"""

from warehouse.normalize.catalog import MAKE_ALIASES, MAKES, MODELS
from warehouse.normalize.color import COLORS, SHADES
from warehouse.normalize.drive_words import DRIVETRAIN, FUEL_TYPE, TRANSMISSION
from warehouse.normalize.engine import ASPIRATION
from warehouse.normalize.known_words import BODY_STYLE, CONDITION, HAS_ACCIDENTS, SELLER_TYPE, TITLE_STATUS
from warehouse.normalize.vocabulary import LANGUAGES, Vocabulary, Word

VOCABULARIES: dict[str, Vocabulary] = {
    "condition": CONDITION,
    "body_style": BODY_STYLE,
    "drivetrain": DRIVETRAIN,
    "transmission": TRANSMISSION,
    "fuel_type": FUEL_TYPE,
    "aspiration": ASPIRATION,
    "has_accidents": HAS_ACCIDENTS,
    "title_status": TITLE_STATUS,
    "seller_type": SELLER_TYPE,
}

INTRODUCTION = """# Vocabularies

What sites write as they like is understood as a few words of ours, the same whatever the language, the case and the
accents. The samples are published words that are understood so; a longer string that contains one mostly is too
("8-Speed Automatic with Auto-Shift"). What no word knows is null: nothing is guessed, and the published string stays in
the landing files, so that `tasador refresh --all` can read history again with a better vocabulary.

The words are data, in [drive_words.py](../warehouse/normalize/drive_words.py),
[known_words.py](../warehouse/normalize/known_words.py), [color.py](../warehouse/normalize/color.py) and
[catalog.py](../warehouse/normalize/catalog.py). To teach a word: add it to the pattern and to the samples there, raise
`PARSER_VERSION` in [normalize](../warehouse/normalize/__init__.py), and print this page anew:

```
python -m warehouse.normalize.glossary > docs/vocabularies.md
```
"""

COLORS_INTRODUCTION = """## exterior_color, interior_color

Of several words the last says it ("Silver Gray" is gray), of two-coloured things the first ("Red / Black" is red).
Makers' names are asked only where no word for a colour is there; a name that does not tell its colour is null.
"""

CARS_INTRODUCTION = """## make, model, trim

A make that is known has one spelling, one that is not stays as published. Case, hyphens and spaces do not matter
("MERCEDES BENZ", "Land-Rover"). The make may be cut short ("Land" + "Rover Discovery"), repeated, or part of the model
or of a title; the longest known model name after it is the model, and what follows is the trim.
"""


def document() -> str:
    """Return the whole document, Markdown."""
    fields = [f"## {field}\n\n{_words(vocabulary)}" for field, vocabulary in VOCABULARIES.items()]
    return "\n".join([INTRODUCTION, *fields, COLORS_INTRODUCTION, _colors(), CARS_INTRODUCTION, _makes()])


def _words(vocabulary: Vocabulary) -> str:
    return _table(
        ["word", "means", *LANGUAGES.values()],
        [[f"`{_ours(entry)}`", entry.meaning, *(_said(getattr(entry, code)) for code in LANGUAGES)]
         for entry in vocabulary if entry.meaning],
    )  # fmt: skip


def _ours(entry: Word) -> str:
    return str(entry.value).lower()


def _said(samples: str) -> str:
    return samples.replace("; ", " · ")


def _colors() -> str:
    return _table(
        ["word", *LANGUAGES.values(), "makers' names"],
        [[f"`{ours}`", *(said[code].replace(" ", ", ") for code in LANGUAGES), SHADES.get(ours, "").replace(" ", ", ")]
         for ours, said in COLORS.items()],
    )  # fmt: skip


def _makes() -> str:
    aliases = {make: [alias for alias, known in MAKE_ALIASES.items() if known == make] for make in MAKES}
    return _table(
        ["make", "also written", "models known by name"],
        [[make, ", ".join(aliases[make]), MODELS.get(make, "")] for make in MAKES],
    )


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    print(document(), end="")
