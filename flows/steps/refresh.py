"""Refresh: load what has landed, understand it, rebuild and check the tables, publish."""

from dataclasses import dataclass

from crawler.home import Home
from flows.steps.publish import publish
from flows.steps.recorded import recorded
from warehouse.connection import connect
from warehouse.load import LoadSummary, load_landing, require_intact
from warehouse.refresh import RefreshSummary
from warehouse.refresh import refresh as refresh_warehouse


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh loaded and what the tables hold now."""

    load: LoadSummary
    tables: RefreshSummary


def refresh(home: Home, *, everything: bool = False, anyway: bool = False) -> Refreshed:
    """Bring the tables up to what has landed; a second refresh right after changes no row.

    They are published ``anyway`` where half of what was published last has gone.

    Raises:
        TasadorError: a landing part is corrupt (the others are loaded and published), a check failed, or the warehouse
            is in use.
    """
    with recorded(home, "refresh") as run:
        with connect(home) as connection:
            loaded = load_landing(connection, home.landing)
            run.rows = loaded.rows
            tables = refresh_warehouse(connection, everything=everything)
        publish(home, anyway=anyway)
        require_intact(loaded)
    return Refreshed(loaded, tables)
