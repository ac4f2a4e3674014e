"""How a crawl went, in one word and one sentence, judged by what it saw against the site's own healthy crawls.

Each rule is a few lines with its threshold; the first that finds something decides. Nobody here knows Scrapy.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from crawler.files import files_at
from crawler.items import FIELD_NAMES
from crawler.landing import Health, Observation, partition_of, read_manifest, whole_run
from crawler.resume import RUN_NAME

# Pages that were fetched fine and cannot be read: one is an accident, most of them are another layout.
UNREADABLE = ("unreadable", "not_a_detail_page", "page_class_failed")
UNREADABLE_SHARE = 0.5
UNREADABLE_DETAILS = 3  # fewer details prove no change of layout; a result page proves it alone, for it leads on

# A field's coverage collapsed where less than this share of the usual is left, among enough observations to tell.
COVERAGE_LEFT = 0.5
USUAL_COVERAGE = 0.5
OBSERVATIONS_TO_TELL = 20

LISTINGS_LEFT = 0.5  # of the usual number of listings

# Lost pages that a healthy crawl may have beyond the usual share, and at most.
LOST_MORE = 0.02
LOST_MOST = 0.10

SHOWN_BITS = 2**23

HISTORY = 5  # healthy crawls that are compared with
HISTORY_LOOKED_AT = 30  # newest crawls among which they are looked for

FINISHED, BLOCKED = "finished", "blocked"
LIMITS = {
    "closespider_timeout": "its time limit ended it",
    "closespider_pagecount": "its page limit ended it",
    "shutdown": "it was told to stop",
}


class Tally:
    """Counts which fields the observations of each kind of page fill, and knows which listings pages have shown."""

    def __init__(self) -> None:
        self._filled: dict[str, Counter[str]] = {}
        self._shown = bytearray(SHOWN_BITS // 8)

    def add(self, observation: Observation) -> None:
        """Count one observation."""
        filled = self._filled.setdefault(observation.page, Counter())
        filled["observations"] += 1
        filled.update(name for name in FIELD_NAMES if getattr(observation.listing, name))

    def coverage(self) -> dict[str, dict[str, float]]:
        """Return for each kind of page how many observations there are, and the share of them that fills a field."""
        return {page: _shares(filled) for page, filled in self._filled.items()}

    def count_new(self, identities: Iterable[str]) -> int:
        """Return how many of these listings were not shown before.

        A Bloom filter of two bits a listing: its size is fixed, and among a million listings it takes one new one in
        twenty for an old one, but never an old one for new.
        """
        return sum(self._is_new(hash(identity)) for identity in identities)

    def _is_new(self, number: int) -> bool:
        is_new = False
        for place in (number % SHOWN_BITS, (number // SHOWN_BITS) % SHOWN_BITS):
            byte, bit = divmod(place, 8)
            is_new |= not self._shown[byte] >> bit & 1
            self._shown[byte] |= 1 << bit
        return is_new


def _shares(filled: Counter[str]) -> dict[str, float]:
    observations = filled["observations"]
    shares = {name: round(filled[name] / observations, 4) for name in FIELD_NAMES if filled[name]}
    return {"observations": observations, **shares}


@dataclass(frozen=True, slots=True)
class Ended:
    """A crawl that has ended: ``stats`` as in its manifest, ``history`` those of the healthy crawls before it."""

    finish_reason: str
    is_complete: bool
    stats: dict[str, Any]
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def listings(self) -> int:
        """How many listings it saw."""
        return int(self.stats["listings"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """A crawl's health, and why."""

    health: Health
    reason: str


def judge(crawl: Ended) -> Verdict:
    """Return how a crawl went: the first rule that finds something says it, and one that none objects to is healthy."""
    for health, rule in RULES:
        if reason := rule(crawl):
            return Verdict(health, reason)
    lost = f", {_lost_words(crawl.stats)}" if pages_lost(crawl.stats) else ""
    return Verdict("healthy", f"{crawl.listings} listings on {_pages_read(crawl.stats)} pages{lost}")


def was_refused(crawl: Ended) -> str | None:
    """The site refused to serve us."""
    if crawl.finish_reason != BLOCKED:
        return None
    return f"after {_pages_read(crawl.stats)} pages the site refused us: {crawl.stats['refusal']}"


def cannot_be_read(crawl: Ended) -> str | None:
    """Most pages of a role came and could not be read."""
    for role, least in (("index", 1), ("detail", UNREADABLE_DETAILS)):
        unreadable = sum(crawl.stats["lost"].get(f"{role}/{reason}", 0) for reason in UNREADABLE)
        came = unreadable + crawl.stats["read"].get(role, 0)
        if unreadable >= least and unreadable > UNREADABLE_SHARE * came:
            return f"{unreadable} of {came} {ROLES[role]} came and cannot be read: the site's layout may have changed"
    return None


def lost_a_field(crawl: Ended) -> str | None:
    """A field that the site's pages usually fill is missing from most of them."""
    for page, coverage in crawl.stats["coverage"].items():
        before = [past["coverage"][page] for past in crawl.history if page in past["coverage"]]
        if not before or coverage["observations"] < OBSERVATIONS_TO_TELL:
            continue
        for name in FIELD_NAMES:
            usual, left = median(past.get(name, 0.0) for past in before), coverage.get(name, 0.0)
            if usual >= USUAL_COVERAGE and left < COVERAGE_LEFT * usual:
                return f"{name} stands on {left:.0%} of {page} observations, usually on {usual:.0%}"
    return None


def brought_nothing(crawl: Ended) -> str | None:
    """No listing was seen, and the site did not say that it has none."""
    if crawl.listings or crawl.is_complete:
        return None
    return f"no listing came ({_end_words(crawl)}): {_lost_words(crawl.stats)}"


def is_incomplete(crawl: Ended) -> str | None:
    """The crawl did not see all of its scope."""
    if crawl.is_complete:
        return None
    return f"{crawl.listings} listings, not all that there are ({_end_words(crawl)}): {_lost_words(crawl.stats)}"


def saw_few_listings(crawl: Ended) -> str | None:
    """There are far fewer listings than usual."""
    usual = median(past["listings"] for past in crawl.history) if crawl.history else 0
    if crawl.listings >= LISTINGS_LEFT * usual:
        return None
    return f"{crawl.listings} listings, usually {usual:.0f}"


def lost_pages(crawl: Ended) -> str | None:
    """More pages were lost than the site usually loses."""
    usual = median(map(_lost_share, crawl.history)) if crawl.history else 0.0
    if _lost_share(crawl.stats) <= min(usual + LOST_MORE, LOST_MOST):
        return None
    return f"{crawl.listings} listings, {_lost_words(crawl.stats)}"


RULES: tuple[tuple[Health, Callable[[Ended], str | None]], ...] = (
    ("blocked", was_refused),
    ("changed", cannot_be_read),
    ("changed", lost_a_field),
    ("failed", brought_nothing),
    ("partial", is_incomplete),
    ("partial", saw_few_listings),
    ("partial", lost_pages),
)
ROLES = {"index": "pages that lead to listings", "detail": "pages of listings"}


def _pages_read(stats: dict[str, Any]) -> int:
    return int(sum(stats["read"].values()))


def pages_lost(stats: dict[str, Any]) -> int:
    """Return how many pages should have been read and were not; that a listing is gone, or no car, is no loss."""
    return sum(
        pages
        for place, pages in stats["lost"].items()
        if not place.endswith(("/gone", "/other_vehicle")) or place.startswith("index")
    )


def _lost_share(stats: dict[str, Any]) -> float:
    lost = pages_lost(stats)
    return lost / (lost + _pages_read(stats)) if lost else 0.0


def _lost_words(stats: dict[str, Any]) -> str:
    lost = pages_lost(stats)
    reasons = ", ".join(f"{place} {pages}" for place, pages in sorted(stats["lost"].items()))
    return f"{lost} of {lost + _pages_read(stats)} pages lost" + (f" ({reasons})" if reasons else "")


def _end_words(crawl: Ended) -> str:
    if crawl.finish_reason == FINISHED and crawl.stats.get("not_covered"):
        return "a query that the site cuts off is not covered by its parts"
    if crawl.finish_reason == FINISHED:
        return "it read what it could"
    return LIMITS.get(crawl.finish_reason, f"it ended with {crawl.finish_reason}")


def history(landing: str, site: str, scope: list[str], partition: str | None = None) -> list[dict[str, Any]]:
    """Return the stats of the last healthy, complete crawls of the same part of a site, the newest first."""
    files, path = files_at(f"{landing.rstrip('/')}/{site}")
    names = (entry["name"].rstrip("/").rpartition("/")[2] for entry in files.ls(path, detail=True))
    runs = [name for name in names if RUN_NAME.match(whole_run(name)) and partition_of(name) == partition]
    found: list[dict[str, Any]] = []
    for run in sorted(runs, reverse=True)[:HISTORY_LOOKED_AT]:
        try:
            manifest = read_manifest(files.unstrip_protocol(f"{path}/{run}"))
        except (OSError, ValueError, TypeError):  # it has not finished, or cannot be read: no measure for others
            continue
        is_judged = "coverage" in manifest.stats  # a crawl in parts is judged part by part
        if is_judged and manifest.is_complete and manifest.health == "healthy" and set(manifest.scope) == set(scope):
            found.append(manifest.stats)
    return found[:HISTORY]
