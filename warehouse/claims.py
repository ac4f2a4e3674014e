"""Shares landing files out among the loaders of one warehouse: a file is claimed for a while before it is read.

On the single file, which its one writer locks, everything is free and nothing is written.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import duckdb

from crawler.clock import now
from warehouse.lake import is_lake
from warehouse.transaction import in_transaction

# A batch takes seconds; whoever was killed keeps its files from the others for as long as this.
LEASE_MINUTES = 10

FORGET_LOADED = "delete from claims where file in (select file from landing_files where status = 'loaded')"

FREE = """
select files.file
from (select unnest($files) as file) as files
anti join (select file from claims where lease_ends_at > $moment) as claimed using (file)
anti join (select file from landing_files where status = 'loaded') as loaded using (file)
order by files.file
"""

HELD = "select count(*) from claims where loader = ? and file in (select unnest(?))"

Result = TypeVar("Result")


class ClaimLost(Exception):
    """Raised in a load whose files were claimed by another loader, after its own lease had run out."""


class Claims:
    """One loader's claims, under a name that no other loader ever has."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.loader = str(uuid4())
        self.is_shared = is_lake(connection)

    def claim(self, files: Sequence[str]) -> list[str]:
        """Return those of the files that this loader may load now: nobody else has claimed or loaded them."""
        if not (self.is_shared and files):
            return list(files)
        return in_transaction(self.connection, lambda: self._claim(list(files)))

    def load(self, files: Sequence[str], work: Callable[[], Result]) -> Result:
        """Do in a transaction the work that loads the files; like every such work it must be repeatable.

        Raises:
            ClaimLost: another loader has claimed one of the files meanwhile, and may have loaded it; nothing was done.
        """
        return in_transaction(self.connection, lambda: self._load(files, work))

    def release(self) -> None:
        """Give back what was claimed and not loaded."""
        if self.is_shared:
            in_transaction(self.connection, self._release)

    def _claim(self, files: list[str]) -> list[str]:
        moment = now()
        asked = {"files": files, "moment": moment}
        free = [file for (file,) in self.connection.execute(FREE, asked).fetchall()]
        if free:  # else nothing is written, so that nobody is disturbed
            self._take_ticket()
            self.connection.execute(FORGET_LOADED)
            self._end_leases(moment)
            lease_ends_at = moment + timedelta(minutes=LEASE_MINUTES)
            self.connection.execute("insert into claims select unnest(?), ?, ?", [free, self.loader, lease_ends_at])
        return free

    def _end_leases(self, moment: datetime) -> None:
        ended = "from claims where lease_ends_at <= ?"
        if self.connection.execute(f"{ended} limit 1", [moment]).fetchone():
            self.connection.execute(f"delete {ended}", [moment])
            # A change of the table's comment conflicts with every load that is under way: whoever loads on a lease
            # that has ended cannot commit any more, tries again and finds that its claim is lost.
            self.connection.execute(f"comment on table landing_files is 'leases ended by {self.loader}'")

    def _load(self, files: Sequence[str], work: Callable[[], Result]) -> Result:
        if self.is_shared and self.connection.execute(HELD, [self.loader, list(files)]).fetchone() != (len(files),):
            raise ClaimLost
        return work()

    def _release(self) -> None:
        self._take_ticket()
        self.connection.execute("delete from claims where loader = ?", [self.loader])

    def _take_ticket(self) -> None:
        self.connection.execute("update claim_tickets set number = number + 1")


@contextmanager
def claims_of(connection: duckdb.DuckDBPyConnection) -> Iterator[Claims]:
    """Give a loader its claims, and at the end give back what it did not load."""
    claims = Claims(connection)
    try:
        yield claims
    finally:
        claims.release()
