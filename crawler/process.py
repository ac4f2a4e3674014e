"""Runs one crawl in a process of its own, since Scrapy's reactor starts once per process; both ends of the pipe."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Any

from crawler.browser import check_browser
from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.errors import InUseError, TasadorError, UsageError
from crawler.landing import Manifest, local_folder, new_crawl_run_id, partition_of, read_manifest
from crawler.masking import mask_logs
from crawler.pages import page_class
from crawler.resume import run_to_continue
from crawler.sites import Market, Site, is_loopback
from crawler.url_files import with_listed_urls

# A crawl that is told to stop closes its files and writes its manifest; one that cannot do so in this time is stuck.
GRACE_SECONDS = 45.0  # more than a site's usual timeout: requests under way are waited for
EXIT_ALREADY_RUNNING = 3


@dataclass(frozen=True, slots=True)
class CrawlProgress:
    """How far a crawl is."""

    pages: int
    listings: int

    def __str__(self) -> str:
        return f"{self.pages} pages, {self.listings} observations"


def crawl(
    site: Site,
    landing: str,
    *,
    start_urls: Sequence[str] = (),
    now: datetime | None = None,
    time_limit: float | None = None,
    anew: bool = False,
    crawl_run_id: str | None = None,
    on_progress: Callable[[CrawlProgress], None] | None = None,
) -> Manifest:
    """Crawl a site into landing files and return the manifest; continue its newest run where that was killed.

    Args:
        site: what to crawl, and how.
        landing: the folder or fsspec URL below which the crawl lands.
        start_urls: replace the site's own.
        now: the time to write into every observation, for simulated days.
        time_limit: seconds after which the process is ended; a minute more than the site's own limit by default.
        anew: start a new run even where one was killed.
        crawl_run_id: the run's name, for a part of a crawl (crawler.partitions); one is chosen by default.
        on_progress: called about once a second.

    Raises:
        UsageError: the site lacks something that a crawl needs.
        InUseError: another crawl of the site is running.
        TasadorError: the crawl died; the message names its log.
    """
    site = replace(site, start_urls=tuple(start_urls)) if start_urls else site
    _check(with_listed_urls(site))
    continued = crawl_run_id or (None if anew else run_to_continue(landing, site, now))
    crawl_run_id = continued or new_crawl_run_id(now)
    log = _log_path(landing, site, crawl_run_id)
    order = {"site": asdict(site), "landing": landing, "crawl_run_id": crawl_run_id}
    with _child(order, now, log, time_limit or site.time_limit_seconds + 60) as child:
        for line in child.stdout or ():
            if on_progress:
                on_progress(CrawlProgress(**json.loads(line)))
    if child.returncode == EXIT_ALREADY_RUNNING:
        if not continued:
            log.unlink()
        raise InUseError(f"{site.name} is being crawled by another process: wait until it has ended")
    try:
        return read_manifest(f"{landing.rstrip('/')}/{site.name}/{crawl_run_id}")
    except FileNotFoundError as error:
        raise TasadorError(f"the crawl of {site.name} died ({_last_words(child, log)}): its log is {log}") from error


def _check(site: Site) -> None:
    page_class(site.page)
    check_browser(site)
    if not site.start_urls:
        raise UsageError(f"sites.{site.name}.start_urls must name at least one URL, got none")
    contact = os.environ.get("TASADOR_CONTACT")
    if not contact and not all(map(is_loopback, site.start_urls)):
        raise UsageError(
            "TASADOR_CONTACT must be a URL or an e-mail address where a site's owner can reach you, "
            f"got {contact!r}: it is sent with every request to {site.name}"
        )


def _log_path(landing: str, site: Site, crawl_run_id: str) -> Path:
    try:
        return local_folder(landing, site.name) / f"{crawl_run_id}.log"
    except OSError as error:
        raise TasadorError(f"landing folder {landing} cannot be written ({error.strerror}): choose another") from error


@contextmanager
def _child(order: dict[str, Any], now: datetime | None, log: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Start the crawl; when the block is left, whatever the reason, it has ended too."""
    environment = dict(os.environ) | ({ENVIRONMENT_VARIABLE: now.isoformat()} if now else {})
    # -P and the process group: the crawl imports nothing of the working directory, and Ctrl-C reaches it once, by us.
    command = [sys.executable, "-P", "-m", "crawler.process"]
    pipe = subprocess.PIPE
    with (
        log.open("a", encoding="utf-8") as stderr,
        subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=stderr, env=environment, text=True, process_group=0
        ) as child,
    ):
        watchdogs = [Timer(seconds, child.terminate), Timer(seconds + GRACE_SECONDS, child.kill)]
        for watchdog in watchdogs:
            watchdog.daemon = True
            watchdog.start()
        try:
            tell(child, order)
            yield child
            child.wait()
        finally:
            _end(child)
            for watchdog in watchdogs:
                watchdog.cancel()


def tell(child: subprocess.Popen[str], order: dict[str, Any]) -> None:
    """Give the child its order, not as an argument, which every user of the machine could read: addresses hold keys."""
    assert child.stdin
    with suppress(BrokenPipeError), child.stdin:  # one that has died is told by its log
        child.stdin.write(json.dumps(order))


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def _last_words(child: subprocess.Popen[str], log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return f"exit code {child.returncode}: {lines[-1].strip()[:200]}" if lines else f"exit code {child.returncode}"


def run(order: dict[str, Any]) -> int:
    """Crawl as ordered, in this process, and return its exit code: the child's end."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    mask_logs()
    settings = Settings()
    settings.setmodule("crawler.settings")
    chosen = {"LANDING": order["landing"], "CRAWL_RUN_ID": order["crawl_run_id"], "PROGRESS_LINES": True}
    settings.setdict(chosen, priority="cmdline")
    site = Site(**order["site"] | {"market": Market(**order["site"]["market"])})
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(site.spider)
    process.crawl(crawler, site=site, partition=partition_of(order["crawl_run_id"]))
    collect_rarely()
    process.start()
    return EXIT_ALREADY_RUNNING if crawler.stats.get_value("finish_reason") == "already_running" else 0


def collect_rarely() -> None:
    """Let Python look for garbage in circles less often: at its defaults that took an eighth of a crawl's CPU."""
    gc.freeze()  # what has been imported stays until the end
    gc.set_threshold(5_000, 20, 20)


if __name__ == "__main__":
    sys.exit(run(json.load(sys.stdin)))
