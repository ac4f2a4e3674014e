"""What a doctor finds: one line about one thing, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, in words; ``remedy`` is empty where nothing is to be done."""

    subject: str
    state: State
    words: str
    remedy: str = ""


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: 1 file, 2 files."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def ok(subject: str, words: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(subject, "ok", words)


def warning(subject: str, words: str, remedy: str) -> Finding:
    """Return a finding that something may become wrong, or is not as it could be."""
    return Finding(subject, "warning", words, remedy)


def wrong(subject: str, words: str, remedy: str) -> Finding:
    """Return a finding that something is wrong."""
    return Finding(subject, "wrong", words, remedy)
