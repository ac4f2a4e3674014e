"""Every vocabulary of words: its samples are understood, in any case and without accents, and our own word is too."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from warehouse.columns import COLUMNS
from warehouse.contracts import CHECKS
from warehouse.normalize.color import COLORS, SHADES, color
from warehouse.normalize.glossary import VOCABULARIES, document
from warehouse.normalize.vocabulary import LANGUAGES, Vocabulary, word

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "vocabularies.md"
FIELDS = [pytest.param(listed, id=field) for field, listed in VOCABULARIES.items()]
SPELLINGS: list[Callable[[str], str]] = [str, str.upper, str.lower, str.title, lambda text: f"  {text}\n"]


def understood(listed: Vocabulary, texts: list[str]) -> list[object]:
    return pl.DataFrame({"text": texts}).select(word(pl.col("text"), listed)).to_series().to_list()


def colors(texts: list[str]) -> list[object]:
    return pl.DataFrame({"text": texts}).select(color(pl.col("text"))).to_series().to_list()


def without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@pytest.mark.parametrize("spelling", [*SPELLINGS, without_accents])
@pytest.mark.parametrize("listed", FIELDS)
def test_every_sample_of_a_word_is_understood_as_it_in_any_spelling(
    listed: Vocabulary, spelling: Callable[[str], str]
) -> None:
    samples = [(sample, entry.value) for entry in listed for code in LANGUAGES for sample in entry.samples(code)]
    meanings = understood(listed, [spelling(sample) for sample, _ in samples])
    assert list(zip([sample for sample, _ in samples], meanings, strict=True)) == samples


@pytest.mark.parametrize("listed", FIELDS)
def test_our_own_word_is_understood_as_itself(listed: Vocabulary) -> None:
    ours = [entry.value for entry in listed]
    assert understood(listed, [str(value) for value in ours]) == ours


@pytest.mark.parametrize("listed", FIELDS)
def test_what_says_nothing_is_no_word(listed: Vocabulary) -> None:
    silent = ["", " ", "\u2013", "n/a", "Unknown", "Other", "Otro", "Sonstige", "Autre", "xyzzy", "?"]
    assert understood(listed, silent) == [None] * len(silent)


@pytest.mark.parametrize("field", [field for field in VOCABULARIES if field not in ("title_status", "aspiration")])
def test_a_vocabulary_has_a_dozen_samples_in_each_language(field: str) -> None:
    for code in LANGUAGES:
        assert sum(len(entry.samples(code)) for entry in VOCABULARIES[field]) >= 12, code


def test_every_word_for_a_colour_is_understood_in_any_case() -> None:
    named = [(name, ours) for ours, said in COLORS.items() for listed in said.values() for name in listed.split()]
    named += [(name, ours) for ours, listed in SHADES.items() for name in listed.split()]
    for spelling in (str, str.upper, str.title, "{} Metallic".format, "Dark {}".format):
        assert (
            list(zip([name for name, _ in named], colors([spelling(name) for name, _ in named]), strict=True)) == named
        )


def test_our_own_colours_are_understood_as_themselves() -> None:
    assert colors(list(COLORS)) == list(COLORS)


def test_no_name_means_two_colours() -> None:
    shades = [name for listed in SHADES.values() for name in listed.split()]
    assert len(set(shades)) == len(shades)
    owners = {(name, ours) for ours, said in COLORS.items() for listed in said.values() for name in listed.split()}
    assert len({name for name, _ in owners}) == len(owners)
    assert not {name for name, _ in owners} & set(shades)


def test_the_document_of_the_vocabularies_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document(), "python -m warehouse.normalize.glossary > docs/vocabularies.md"


def test_the_check_of_the_listings_knows_every_word() -> None:
    said = re.findall(r"(\w+) not in \(([^)]*)\)", (CHECKS / "listings_use_known_words.sql").read_text())
    checked = {column: set(re.findall(r"'(\w+)'", words)) for column, words in said}
    ours = {field: {entry.value for entry in listed} for field, listed in VOCABULARIES.items()}
    del ours["has_accidents"]
    paints = {"exterior_color": set(COLORS), "interior_color": set(COLORS)}
    assert checked == {"status": {"live", "gone"}, **ours, **paints}


def test_the_description_of_a_column_names_each_of_its_words() -> None:
    for field in ("condition", "body_style", "drivetrain", "transmission", "fuel_type", "title_status", "seller_type"):
        named = re.findall(r"\w+", COLUMNS[field])
        assert {str(entry.value) for entry in VOCABULARIES[field]} <= set(named), field
