"""Which markets a step works on: the named ones, or all that have listings."""

from collections.abc import Sequence

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from warehouse.connection import connect
from warehouse.reading import markets as known_markets


def chosen_markets(home: Home, named: Sequence[str] | None) -> list[str]:
    """Return the named markets, or all that have listings.

    Raises:
        UsageError: a name is not a market of the warehouse.
        TasadorError: there are no listings yet.
    """
    with connect(home) as connection:
        known = known_markets(connection)
    if not known:
        raise TasadorError("there are no listings yet: run `tasador import`, or `tasador crawl` and `tasador refresh`")
    unknown = sorted(set(named or ()) - set(known))
    if unknown:
        raise UsageError(f"market must be one of {', '.join(known)}, got {unknown[0]!r}")
    return list(named or known)
