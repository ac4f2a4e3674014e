"""What happens to pages on their way: bytes flipped, tags cut, JSON mangled, values swapped for nasty ones."""

import re
from collections.abc import Callable
from random import Random

MAX_MUTATIONS = 8
CHARACTERS_PER_MUTATION = 5_000  # of longer texts, so that pages are hit as densely as cards
TAG = re.compile(r"<[^<>]{1,300}>")
# A value of JSON, of JSON escaped into an attribute, of an attribute, or the text of an element.
VALUE = re.compile(
    r'(?<=":)\s{0,3}(?:"(?:[^"\\]|\\.){0,80}"|[\d.-]{1,20}|null|true|false)'
    r"|(?<=&quot;:)\s?(?:&quot;[^&]{0,80}&quot;|[\d.]{1,20}|null)"
    r'|(?<==)"[^"<>]{0,60}"|(?<=>)[^<>{}]{1,60}(?=<)'
)
JSON_MARKS = re.compile(r'["{}\[\],:]|&quot;')
NASTY = (
    "", "null", "true", "[]", "{}", "0", "-1", "-14914", "1e308", "1e5", "NaN", "Infinity", "9" * 40, "99999999999",
    "2147483647", "0.01", "0.0000001", "1899", "2999", "9999", "20199", "19", "00000", "1,000,000,000,000",
    "$1K", "$279/mo", "$500 price drop", "$1,2,3", "1.234.567.890", "999 Mio", "99 mil", "12 M", "$-5", "\u0663\u0664",
    "\uff12\uff10\uff11\uff19", "\u00b2\u2460", "\x00", "\ud83d", "\u202e2019", "\u2013", "http://[", "javascript:1",
    "<script>", "</script>", "<!--", "]]>", "\\", '"', "&quot;", "/*", "//", "x" * 5_000, "2019 2020", "in 2150",
)  # fmt: skip


def mutated(text: str, random: Random) -> str:
    """Return the text after at least one of the mutations, at places that the generator chooses."""
    for _ in range(random.randint(1, max(MAX_MUTATIONS, min(100, len(text) // CHARACTERS_PER_MUTATION)))):
        text = random.choices(MUTATIONS, WEIGHTS)[0](text, random)
    return text


def _swap_value(text: str, random: Random) -> str:
    match = _match_after(VALUE, text, random)
    if match is None:
        return text
    nasty = random.choice(NASTY)
    quote = next((mark for mark in ('"', "&quot;") if match[0].strip().startswith(mark)), "")
    quote = quote if random.random() < 0.8 else ""
    return text[: match.start()] + quote + nasty + quote + text[match.end() :]


def _mangle_json(text: str, random: Random) -> str:
    match = _match_after(JSON_MARKS, text, random)
    replacement = random.choice(["", ",", "}", "]", "{", "[", '"', ":", "/* x */", "\n", "\x01"])
    return text if match is None else text[: match.start()] + replacement + text[match.end() :]


def _cut_tag(text: str, random: Random) -> str:
    match = _match_after(TAG, text, random)
    return text if match is None else text[: match.start()] + text[match.end() :]


def _flip(text: str, random: Random) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + chr(ord(text[place : place + 1] or "x") ^ (1 << random.randrange(8))) + text[place + 1 :]


def _cut(text: str, random: Random) -> str:
    start, end = _span(text, random)
    return text[:start] + text[end:]


def _repeat(text: str, random: Random) -> str:
    start, end = _span(text, random)
    return text[:end] + text[start:]


def _truncate(text: str, random: Random) -> str:
    return text[: random.randrange(len(text) + 1)]


def _match_after(pattern: re.Pattern[str], text: str, random: Random) -> re.Match[str] | None:
    return pattern.search(text, random.randrange(len(text) + 1)) or pattern.search(text)


def _span(text: str, random: Random) -> tuple[int, int]:
    start = random.randrange(len(text) + 1)
    return start, min(len(text), start + random.choice([1, 5, 50, 500]))


MUTATIONS: tuple[Callable[[str, Random], str], ...] = (
    _swap_value, _mangle_json, _cut_tag, _flip, _cut, _repeat, _truncate
)  # fmt: skip
WEIGHTS = (10, 3, 2, 3, 2, 2, 0.1)
