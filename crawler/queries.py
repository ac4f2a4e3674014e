"""Splits a query that a site cuts off at its cap into narrower ones, until the site shows each of them whole.

Knows addresses and totals only. Who asks for them, and where a page states its total, is elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

# Of a query that was split, its parts may miss this share of listings: a market moves while it is asked.
MISSING_SHARE = 0.01

# One way to narrow a query, as tasador.toml writes it: {parameter, values} or {from, to, between}.
Dimension = Mapping[str, Any]
Band = tuple[int, int | None]

SPLIT_RULE = (
    'a list of {parameter = "make", values = ["honda", …]} and {from = "price_min", to = "price_max", between = [0, n]}'
)


def is_split(value: Any) -> bool:
    """Whether this is a list of dimensions."""
    return isinstance(value, list) and all(map(_is_dimension, value))


def _is_dimension(value: Any) -> bool:
    match value:
        case {"parameter": str(), "values": [_, *_] as values, **rest}:
            return not rest and all(isinstance(entry, str | int) for entry in values)
        case {"from": str(), "to": str(), "between": [int(low), int(high)], **rest}:
            return not rest and 0 <= low < high
    return False


@dataclass(frozen=True, slots=True)
class Query:
    """A query by the address of its first page, with the dimensions that can still narrow it.

    ``band`` is the part of the first dimension's range that it is limited to; None where it is not.
    """

    url: str
    dimensions: tuple[Dimension, ...] = ()
    band: Band | None = None

    def parts(self) -> list["Query"]:
        """Return narrower queries that together are this one; none where nothing narrows it further."""
        if not self.dimensions:
            return []
        first, *rest = self.dimensions
        if "values" in first:
            return [Query(_with(self.url, {first["parameter"]: value}), tuple(rest)) for value in first["values"]]
        bands = _narrower(self.band, *first["between"])
        if not bands:
            return Query(self.url, tuple(rest)).parts()
        return [
            Query(_with(self.url, {first["from"]: low, first["to"]: high}), self.dimensions, (low, high))
            for low, high in bands
        ]


class Queries:
    """The queries of a crawl: where it starts, what it splits, and what its site would not show whole.

    Args:
        start_urls: the first page of each query.
        cap: how many listings the site shows of a query; None where it shows all.
        split: the ways to narrow a query, in this order.
        share: (number, count) of the partition that this crawl is; None for a crawl of everything.
    """

    def __init__(
        self,
        start_urls: Iterable[str],
        cap: int | None = None,
        split: Sequence[Dimension] = (),
        share: tuple[int, int] | None = None,
    ) -> None:
        self.cap = cap
        queries = shared_out([Query(url, tuple(split)) for url in start_urls], *(share or (1, 1)))
        self.start_urls = [query.url for query in queries]
        self._begun = {query.url: query for query in queries}
        self._totals: dict[str, int] = {}
        self._split: dict[str, list[str]] = {}
        self._cut_off: list[str] = []

    def parts_of(self, url: str, total: int | None) -> list[str]:
        """Return the addresses to ask instead of reading on; none where this one shows all that it has.

        Args:
            url: the address that was asked for; one that is not the first page of a query is never split.
            total: how many listings its page says that there are.
        """
        query = self._begun.get(url)
        if query is None or self.cap is None:
            return []
        if total is None:
            self._cut_off.append(f"{url} does not say how many listings there are")
            return []
        self._totals[url] = total
        parts = query.parts() if total >= self.cap else []
        if total >= self.cap and not parts:
            self._cut_off.append(f"{url} has {total} listings and shows at most {self.cap}")
        self._begun |= {part.url: part for part in parts}
        if parts:
            self._split[url] = [part.url for part in parts]
        return [part.url for part in parts]

    def begins(self, url: str) -> bool:
        """Whether a query begins at this address."""
        return url in self._begun

    def not_covered(self) -> list[str]:
        """Return one line for each query that was not seen whole."""
        found = {url: sum(self._totals.get(part, 0) for part in parts) for url, parts in self._split.items()}
        holes = [
            f"{url} has {self._totals[url]} listings, its parts have {count}"
            for url, count in found.items()
            if count < self._totals[url] * (1 - MISSING_SHARE)
        ]
        return self._cut_off + holes


def shared_out(queries: list[Query], number: int, count: int) -> list[Query]:
    """Return the queries of partition ``number`` (from 1) of ``count``; fewer queries than partitions are split first.

    The result depends on the configuration alone, so that machines agree without talking.
    """
    while len(queries) < count:
        narrower = [part for query in queries for part in (query.parts() or [query])]
        if len(narrower) == len(queries):
            break
        queries = narrower
    return queries[number - 1 :: count]


def _narrower(band: Band | None, low: int, high: int) -> list[Band]:
    """Halve a band. Neighbours share their bound: not every site counts it in, and some prices have cents."""
    if band is None:
        return [(low, high), (high, None)]
    low, top = band
    if top is None or top - low < 2:
        return []
    middle = (low + top) // 2
    return [(low, middle), (middle, top)]


def _with(url: str, parameters: Mapping[str, str | int | None]) -> str:
    """Return the address with these query parameters in place of their former values; None takes one away."""
    parts = urlsplit(url)
    names = {_name(f"{name}=") for name in parameters}
    kept = [entry for entry in parts.query.split("&") if entry and _name(entry) not in names]
    new = [f"{quote(name, safe='[]')}={quote(str(value))}" for name, value in parameters.items() if value is not None]
    return parts._replace(query="&".join(kept + new)).geturl()


def _name(entry: str) -> str:
    return entry.partition("=")[0].replace("%5B", "[").replace("%5D", "]")
