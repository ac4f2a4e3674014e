"""What goes wrong when the demo market serves a page of cars; it alters answers and knows no cars.

| fault | what the client sees |
|---|---|
| `500` | HTTP 500 |
| `timeout` | a connection that stays open and never answers |
| `429` | HTTP 429 with `Retry-After: 1`, for this page and for every other one asked for within that second |
| `cut` | a connection that closes after half of the promised body |
| `truncated` | HTTP 200 and a page that ends in the middle of its JSON-LD |
| `garbage` | HTTP 200 and a page's worth of random bytes |
| `broken-json` | a whole page whose JSON-LD is cut off beyond repair |
| `challenge` | HTTP 403 and a page for robots |
| `layout` | the same cars in other markup and without JSON-LD, as after a redesign |
| `slow` | the whole page, dripping for two seconds |

Each fault has a rate between 0 and 1. Whether it strikes is a function of (seed, fault, address, attempt), so that a
crawl with the same seed meets the same faults whatever the order of its requests; only which requests fall into the
second of a 429 depends on the clock, and those are not counted as attempts.
"""

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from random import Random

from crawler.demo_market.answer import Answer
from crawler.errors import UsageError

RETRY_AFTER_SECONDS = 1
SLOW_SECONDS = 2.0

JSON_LD = re.compile('<script type="application/ld\\+json">(.*?)</script>', re.DOTALL)
CHALLENGE = (
    '<!doctype html><html lang="en"><head><title>Just a moment...</title></head>'
    "<body><p>Checking that you are not a robot.</p></body></html>"
)
OTHER_MARKUP = {
    '<article class="card">': '<div data-tile="1">',
    "</article>": "</div>",
    'class="price"': 'data-amount="1"',
    'rel="next"': 'data-turn="1"',
    "<table>": "<dl>",
    "</table>": "</dl>",
}


def _error(answer: Answer, target: str) -> Answer:
    return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The market broke down")


def _timeout(answer: Answer, target: str) -> Answer:
    return replace(answer, seconds=math.inf)


def _too_many(answer: Answer, target: str) -> Answer:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Answer(HTTPStatus.TOO_MANY_REQUESTS, "Slow down", headers=headers)


def _cut(answer: Answer, target: str) -> Answer:
    return replace(answer, is_cut=True)


def _truncated(answer: Answer, target: str) -> Answer:
    html = _html(answer)
    return replace(answer, body=html[: _middle_of_json(html)])


def _garbage(answer: Answer, target: str) -> Answer:
    return replace(answer, body=Random(target).randbytes(len(answer.body)))


def _broken_json(answer: Answer, target: str) -> Answer:
    html = _html(answer)
    return replace(answer, body=html[: _middle_of_json(html)] + html[html.index("</script>") :])


def _challenge(answer: Answer, target: str) -> Answer:
    return Answer(HTTPStatus.FORBIDDEN, CHALLENGE)


def _layout(answer: Answer, target: str) -> Answer:
    html = JSON_LD.sub("", _html(answer))
    for old, new in OTHER_MARKUP.items():
        html = html.replace(old, new)
    return replace(answer, body=html)


def _slow(answer: Answer, target: str) -> Answer:
    return replace(answer, seconds=SLOW_SECONDS)


FAULTS: dict[str, Callable[[Answer, str], Answer]] = {
    "500": _error,
    "timeout": _timeout,
    "429": _too_many,
    "cut": _cut,
    "truncated": _truncated,
    "garbage": _garbage,
    "broken-json": _broken_json,
    "challenge": _challenge,
    "layout": _layout,
    "slow": _slow,
}


class Faults:
    """Strikes the answers of one market at the given rates.

    Raises:
        UsageError: there is no such fault, or its rate is none.
    """

    def __init__(self, rates: Mapping[str, float], seed: int = 7) -> None:
        for kind, rate in rates.items():
            _check(kind, rate)
        self.rates = dict(rates)
        self.seed = seed
        self.attempts: Counter[str] = Counter()
        self.too_many_until = -math.inf

    def strike(self, target: str) -> str | None:
        """Return the fault that befalls this request of an address; None where it is spared."""
        if time.monotonic() < self.too_many_until:
            return "429"
        self.attempts[target] += 1
        kind = next((kind for kind, rate in self.rates.items() if self._luck(kind, target) < rate), None)
        if kind == "429":
            self.too_many_until = time.monotonic() + RETRY_AFTER_SECONDS
        return kind

    def _luck(self, kind: str, target: str) -> float:
        return Random(f"{self.seed}/{kind}/{target}/{self.attempts[target]}").random()


def read_rates(options: tuple[str, ...]) -> dict[str, float]:
    """Return the rates of options like ``500=0.02``. Raises UsageError where one is not written so."""
    pairs = [option.partition("=") for option in options]
    try:
        return {kind: float(rate) for kind, _, rate in pairs}
    except ValueError as error:
        raise UsageError(f"fault must be written KIND=RATE, as 500=0.02, got {', '.join(options)!r}") from error


def _check(kind: str, rate: float) -> None:
    if kind not in FAULTS:
        raise UsageError(f"fault must be one of {', '.join(FAULTS)}, got {kind!r}")
    if not 0 <= rate <= 1:
        raise UsageError(f"rate of fault {kind} must be between 0 and 1, got {rate!r}")


def _html(answer: Answer) -> str:
    assert isinstance(answer.body, str)
    return answer.body


def _middle_of_json(html: str) -> int:
    block = JSON_LD.search(html)
    assert block, "a page of cars has JSON-LD"
    return sum(block.span(1)) // 2
