"""What a documented vocabulary is, and how it is read. Knows no field: the words are data in their own files."""

from typing import NamedTuple

import polars as pl

from warehouse.normalize.text import plain

LANGUAGES = {"en": "English", "es": "Spanish", "de": "German", "fr": "French"}


class Word(NamedTuple):
    """A word of ours: the pattern over plain text that says it, what it means, and samples of how sites write it."""

    value: str | bool
    pattern: str
    meaning: str = ""
    en: str = ""
    es: str = ""
    de: str = ""
    fr: str = ""

    def samples(self, language: str) -> list[str]:
        """Return what sites write in a language of LANGUAGES, all of it understood as this word."""
        return [sample for sample in getattr(self, language).split("; ") if sample]


Vocabulary = tuple[Word, ...]


def word(text: pl.Expr, vocabulary: Vocabulary) -> pl.Expr:
    """Return our word for the published ones, of several the first in the vocabulary, null where no pattern knows them.

    Our own word is understood as itself.
    """
    words = plain(text)
    ours = {str(entry.value).lower(): entry.value for entry in vocabulary}
    return pl.coalesce(
        words.replace_strict(ours, default=None),
        *(words.str.contains(entry.pattern).replace_strict({True: entry.value, False: None}) for entry in vocabulary),
    )
