"""Secrets that reach a text by accident, in an address, an error or the environment's words, are put out of it here.

Knows nothing of who writes the text: logs, manifests and records of failures all come by.
"""

import logging
import os
import re
import traceback
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import quote

MASK = "***"

# Whose values are secrets, by their names' ends; a shorter value is a word that stands in every other line.
SECRET_NAMES = ("PASSWORD", "TOKEN", "SECRET", "KEY")
FEWEST_CHARACTERS = 4

PATTERNS = {
    # https://user:password@host, postgresql://user:password@host; a token alone: https://token@host
    r"(://[^\s/:@]*:)[^\s/]*@": rf"\1{MASK}@",
    r"(://)[^\s/:@]+@": rf"\1{MASK}@",
    # ?token=..., &api_key=..., password=... of libpq, password='...'
    r"((?:token|secret|signature|credential|passw(?:or)?d|[?&;_-]key|\bapi-?key|\bsig)\s*=\s*)"
    r"""('(?:[^'\\]|\\.)*'|[^\s&;'")\]]+)""": rf"\1{MASK}",
    r"(authorization\W{1,4}\w+\s+)[\w.~+/=-]+": rf"\1{MASK}",
}
COMPILED = {re.compile(pattern, re.IGNORECASE): instead for pattern, instead in PATTERNS.items()}


def masked(text: str) -> str:
    """Return a text without the environment's secrets and without credentials of addresses."""
    for secret in _secrets():
        text = text.replace(secret, MASK)
    for pattern, instead in COMPILED.items():
        text = pattern.sub(instead, text)
    return text


@cache
def mask_logs() -> None:
    """Mask every log record of this process from now on, its traceback too, whoever logs it and whoever shows it."""
    make = logging.getLogRecordFactory()

    def make_masked(*what: Any, **more: Any) -> logging.LogRecord:
        record = make(*what, **more)
        with suppress(TypeError, ValueError):  # arguments that do not fit: whoever shows the record says so
            message = record.getMessage()
            if (clean := masked(message)) != message:
                record.msg, record.args = clean, None
        if record.exc_info:  # whoever shows the record takes what stands here for the traceback
            record.exc_text = masked("".join(traceback.format_exception(*record.exc_info)).rstrip())
        return record

    logging.setLogRecordFactory(make_masked)


def _secrets() -> list[str]:
    """Return the environment's secrets, as they are and as they stand in an address, the longest first."""
    named = (value for name, value in os.environ.items() if name.upper().endswith(SECRET_NAMES))
    found = {
        written for value in named if len(value) >= FEWEST_CHARACTERS for written in (value, quote(value, safe=""))
    }
    return sorted(found, key=len, reverse=True)
