"""How the warehouse and what is published of it are: reachable, whole, loaded, understood, published."""

from collections.abc import Iterator
from datetime import timedelta

import duckdb

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from crawler.landing import MANIFEST_NAME, run_started_at
from crawler.sites import read_lake
from flows.show import size
from flows.steps.doctor_folder import examine_models
from flows.steps.findings import Finding, counted, ok, warning, wrong
from warehouse.connection import first_line
from warehouse.contracts import check
from warehouse.examination import (
    corrupt_files,
    count_not_refreshed,
    count_outdated,
    crawl_run_ids,
    known_model_runs,
    open_to_read,
    pending_migrations,
    retired_model_runs,
    space,
)
from warehouse.landing_folder import landing_folder
from warehouse.market import open_market
from warehouse.transform import require_tables

# Then a crawl without a manifest is not under way any more.
UNFINISHED_AFTER = timedelta(days=1)
# Compacting is worth it from so much free space on, and so large a part of the file.
FREE_BYTES = 100_000_000
FREE_SHARE = 0.3


def examine_warehouse(home: Home) -> Iterator[Finding]:
    """Tell how the warehouse is; what cannot be asked, because it is in use or not there, is told as that."""
    if not (read_lake() or home.warehouse.exists()):
        yield warning(
            "warehouse", f"{home.root} has none yet", "run `tasador demo`, `tasador import` or `tasador crawl`"
        )
        return
    try:
        with open_to_read(home) as connection:
            yield from _examine(home, connection)
    except TasadorError as error:
        if "Could not set lock" in str(error):
            yield warning("warehouse", f"in use: {error}", "it is not examined now: ask again when that has ended")
        else:
            yield wrong("warehouse", str(error), "run `tasador restore` on a backup; market.duckdb still answers")
    except duckdb.Error as error:
        yield wrong("warehouse", first_line(error), "run `tasador refresh`; where that fails, restore a backup")


def _examine(home: Home, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    pending = pending_migrations(connection)
    if pending:
        words = f"of an older Tasador: it lacks {counted(len(pending), 'migration')}"
        yield warning("warehouse", words, "run `tasador refresh`, and ask again")
        return
    yield _file(connection)
    yield from _loads(home, connection)
    yield from _contracts(home, connection)
    yield from examine_models(home, known_model_runs(connection), retired_model_runs(connection))


def _file(connection: duckdb.DuckDBPyConnection) -> Finding:
    taken = space(connection)
    words = f"{size(taken.used)}, of which {size(taken.free)} free blocks" if taken.used else "reachable"
    if taken.free > max(FREE_BYTES, FREE_SHARE * taken.used):
        return warning("warehouse", words, "run `tasador compact`")
    return ok("warehouse", words)


def _loads(home: Home, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Tell what has landed and is not in the tables, and which crawls never ended."""
    corrupt, folder = corrupt_files(connection), landing_folder(connection, home.landing)
    if corrupt:
        words = f"{counted(len(corrupt), 'corrupt file')}, as {': '.join(next(iter(corrupt.items())))}"
        yield wrong("landing", words, "restore or delete it, then refresh")
    waiting = len(set(folder.new_files(connection).parts) - set(corrupt))
    behind = count_not_refreshed(connection)
    if waiting or behind:
        words = f"{counted(waiting, 'file')} not loaded, {behind} loaded and not in the tables"
        yield warning("landing", words, "run `tasador refresh`")
    unfinished = _unfinished(list(folder.landed()))
    if unfinished:
        words = f"{counted(len(unfinished), 'crawl')} without a manifest for more than a day, as {unfinished[0]}"
        yield warning("landing", words, "it counts as not complete and proves nothing gone; crawl the site again")
    if not (corrupt or waiting or behind or unfinished):
        yield ok("landing", "all that has landed is loaded")


def _unfinished(files: list[str]) -> list[str]:
    """Return the crawl runs, of files named site/crawl_run_id/file, that began long ago and have no manifest."""
    finished = {file.rpartition("/")[0] for file in files if file.endswith(f"/{MANIFEST_NAME}")}
    began = {file.rpartition("/")[0] for file in files} - finished
    return sorted(run for run in began if _is_old(run.rpartition("/")[2]))


def _is_old(crawl_run_id: str) -> bool:
    try:
        return now() - run_started_at(crawl_run_id) > UNFINISHED_AFTER
    except ValueError:  # an import or a reading of kept pages, which is whole or not there
        return False


def _contracts(home: Home, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Hold the tables against the checks, and what is published against the tables."""
    try:
        require_tables(connection)
    except TasadorError:
        yield warning("checks", "there are no tables of this version to check yet", "run `tasador refresh`")
        return
    try:
        check(connection)
    except TasadorError as error:
        yield wrong("checks", str(error), "run `tasador refresh --all`; where that fails, restore a backup")
        return
    yield ok("checks", "every check passes")
    outdated = count_outdated(connection)
    if outdated:
        words = f"{outdated:,} payloads were read by an older parser"
        yield warning("parser", words, "run `tasador refresh --all`, which reads them anew")
    yield _published(home, crawl_run_ids(connection))


def _published(home: Home, crawl_runs: set[str]) -> Finding:
    if home.market.is_symlink() and not home.market.exists():
        words = f"{home.market} points to {home.market.readlink()}, which is not there"
        return wrong("market.duckdb", words, "run `tasador publish`")
    try:
        with open_market(home) as market:
            missing = crawl_runs - crawl_run_ids(market)
    except TasadorError as error:
        return wrong("market.duckdb", str(error), "run `tasador publish`")
    if missing:
        return warning("market.duckdb", f"{counted(len(missing), 'crawl run')} not published", "run `tasador publish`")
    return ok("market.duckdb", f"up to date: {home.market.readlink()}")
