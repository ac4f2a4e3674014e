"""What earlier crawls of a site saw, on local disk: which listings, how their cards read, when their details were read.

It is a summary of the landed parts and of nothing else: each part is taken in once, and a memory that is lost,
unreadable or ahead of what has landed is made anew from them. It knows no spider.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import zstandard

from crawler.clock import now
from crawler.files import files_at, find_files
from crawler.identity import listing_id
from crawler.items import Listing
from crawler.landing import iterate_lines, local_folder, partition_of, whole_run
from crawler.resume import RUN_NAME
from crawler.sites import Site

FILE_NAME = ".memory-1.sqlite"  # another number for another schema: the old file is left, and a new one made

SCHEMA = """
create table if not exists listings (
    listing_id text primary key,
    url text,
    card text,         -- hash of what was last said of it elsewhere than on its own page
    card_run text,     -- the crawl run that last said so
    detail_at text,    -- when its own page was last read, UTC
    detail_run text,
    detail_card text   -- its card at that time
) without rowid;
create index if not exists listings_by_url on listings (url);
create table if not exists parts (name text primary key) without rowid;
"""

SIGHT = """
insert into listings (listing_id, url, card, card_run) values (:listing_id, :url, :card, :run)
on conflict (listing_id) do update set url = coalesce(excluded.url, url), card = excluded.card, card_run = :run
where card is not excluded.card or card_run is not :run
"""

READ_DETAIL = """
insert into listings (listing_id, url, detail_at, detail_run) values (:listing_id, :url, :at, :run)
on conflict (listing_id) do update set
    url = coalesce(excluded.url, url), detail_at = :at, detail_run = :run, detail_card = card
where detail_run is not :run
"""

# A card that does not say the site's own id is another listing_id at the same address.
READ_DETAIL_OF_ALIAS = """
update listings set detail_at = :at, detail_run = :run, detail_card = card
where url = :url and listing_id <> :listing_id
"""

# What to do about a listing's own page: ask for it, spare it, or nothing, as this very run has landed it.
Plan = Literal["ask", "spare", "landed"]


class Memory:
    """What a site's crawls saw, as one run looks at it; ``landing`` and ``site`` say where the parts lie.

    Rows are remembered as they are landed, and kept when their part is whole: a killed process forgets what it had
    not landed.
    """

    def __init__(self, landing: str, site: Site, crawl_run_id: str) -> None:
        self.site = site
        self.folder = crawl_run_id
        self.crawl_run_id = whole_run(crawl_run_id)
        self.oldest_detail = now() - timedelta(days=site.detail_max_age_days)
        # Parts of a crawl run at once, and each has a memory of its own: a file has one writer.
        name = ".".join(filter(None, (FILE_NAME, partition_of(crawl_run_id))))
        self.connection = _connect(local_folder(landing, site.name) / name)
        self._take_in(f"{landing.rstrip('/')}/{site.name}")

    def remember(self, row: dict[str, Any]) -> bool:
        """Remember one landed row; return whether its run had not landed the same before. A reject is always news."""
        if "reject_reason" in row:
            return True
        values = {"listing_id": row["listing_id"], "url": row["listing"].get("url"), "run": row["crawl_run_id"]}
        if row["page"] != "detail":
            return self.connection.execute(SIGHT, values | {"card": card_hash(row["listing"])}).rowcount > 0
        values["at"] = row["scraped_at"]
        is_news = self.connection.execute(READ_DETAIL, values).rowcount > 0
        self.connection.execute(READ_DETAIL_OF_ALIAS, values)
        return is_news

    def keep(self, part: str) -> None:
        """Keep what was remembered so far: it has landed, up to this part of this run."""
        self._keep(f"{self.folder}/{part}")

    def plan(self, url: str, card: Listing | None = None, changed_at: datetime | None = None) -> Plan:
        """Say whether a listing's own page is worth a request.

        It is where the listing is new, its card is another than when its page was last read, or that was too long ago.

        Args:
            url: the address of the page.
            card: what a result page says of the listing now.
            changed_at: when the site says that the page last changed.
        """
        key, value = ("listing_id", listing_id(self.site.name, card)) if card else ("url", url)
        query = f"select detail_at, detail_run, detail_card from listings where {key} = ? order by detail_at desc"
        read_at, run, card_then = self.connection.execute(query, [value]).fetchone() or (None, None, None)
        if read_at is None:
            return "ask"
        if run == self.crawl_run_id:
            return "landed"
        is_changed = card is not None and card_hash(card.payload()) != card_then
        oldest = max(filter(None, (self.oldest_detail, changed_at)))
        return "ask" if is_changed or datetime.fromisoformat(read_at) < oldest else "spare"

    def listing_at(self, url: str | None) -> str | None:
        """Return the listing_id of the listing that was last read at an address; None where none was."""
        query = "select listing_id from listings where url = ? order by detail_at desc"
        found = self.connection.execute(query, [url]).fetchone()
        return str(found[0]) if found else None

    def listings_seen(self) -> int:
        """Return how many listings this run has landed."""
        query = "select count(*) from listings where card_run = :run or detail_run = :run"
        return int(self.connection.execute(query, {"run": self.crawl_run_id}).fetchone()[0])

    def _take_in(self, folder: str) -> None:
        """Take in the parts that landed without us; from the beginning, when one that we took in is no longer there."""
        landed = list(_parts(folder))
        taken_in = {name for (name,) in self.connection.execute("select name from parts")}
        if not taken_in.issubset(landed):
            self.connection.executescript("delete from listings; delete from parts")
            taken_in = set()
        for name in sorted(set(landed) - taken_in):
            with suppress(zstandard.ZstdError, ValueError):  # a corrupt part: the load will tell of it
                self._remember_all(iterate_lines(f"{folder}/{name}"))
            self._keep(name)

    def _remember_all(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self.remember(row)

    def _keep(self, name: str) -> None:
        self.connection.execute("insert or ignore into parts values (?)", [name])
        self.connection.commit()


class DetailQueue:
    """The listings' own pages that a crawl has heard of, each address once, in a temporary file instead of in memory.

    Nothing of it outlives the process: a crawl that is continued reads the result pages anew.
    """

    def __init__(self) -> None:
        self.connection = sqlite3.connect("", isolation_level=None)
        self.connection.executescript(
            "pragma journal_mode = off;"
            "create table details (number integer primary key, url text unique, is_seen integer, is_asked integer)"
        )
        self._taken = 0

    def add(self, url: str, *, is_seen: bool, is_asked: bool) -> bool:
        """Note an address, to be asked for or not; return whether it is the first time."""
        statement = "insert or ignore into details (url, is_seen, is_asked) values (?, ?, ?)"
        return self.connection.execute(statement, [url, is_seen, is_asked]).rowcount > 0

    def take(self, count: int) -> list[tuple[str, bool]]:
        """Return the next addresses to ask for, each with whether its listing has been seen elsewhere."""
        query = "select number, url, is_seen from details where number > ? and is_asked order by number limit ?"
        rows = self.connection.execute(query, [self._taken, count]).fetchall()
        self._taken = rows[-1][0] if rows else self._taken
        return [(url, bool(is_seen)) for _, url, is_seen in rows]


def card_hash(payload: dict[str, Any]) -> str:
    """Return 16 hex digits of what a card says, its price included."""
    words = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file, or a new one in its place where it cannot be read."""
    try:
        return _open(path)
    except sqlite3.DatabaseError:
        path.unlink()
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    return connection


def _parts(folder: str) -> Iterator[str]:
    """Yield the parts of a site's crawls as crawl_run_id/part-00000.jsonl.zst; imports are no crawls."""
    files, path = files_at(folder)
    for found in find_files(files, path, "*/part-*.jsonl.zst"):
        run, part = found.rsplit("/", 2)[1:]
        if RUN_NAME.match(whole_run(run)):
            yield f"{run}/{part}"
