"""The site that the crawl bench reads: the demo market's cars as static files, served by nginx on loopback."""

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from crawler.demo_market.jsonld import script
from crawler.demo_market.market import Market
from crawler.demo_market.pages import car_url, detail_page

HOST = "127.0.0.1"
ADDRESSES_PER_LIST = 100
START_SECONDS = 5.0

CONFIG = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 256; }}
http {{
    access_log off;
    default_type text/html;
    charset utf-8;
    sendfile on;
    keepalive_requests 10000000;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    server {{ listen {host}:{port}; root {folder}/site; }}
}}
"""

# What surrounds a car on a real page: navigation, styles, scripts and similar cars, none of it structured data.
BALLAST = (
    '<section class="similar"><h3 class="card-title">More cars like this</h3><a class="card" href="/shop/?page=2">'
    '<img loading="lazy" src="/img/7f3a.jpg" alt=""><span class="primary">See details</span></a>'
    '<p class="note">Estimated payments are for information only. &copy; Bench</p></section>\n'
    '<script>window.dataLayer=window.dataLayer||[];dataLayer.push({"event":"impression","slot":"rail-3"});</script>\n'
    "<style>.rail .card{display:flex;gap:.5rem;padding:.25rem 1rem;border-radius:4px}</style>\n"
)


@dataclass(frozen=True, slots=True)
class StaticSite:
    """A site that answers: its result pages come in two chains, each from one of ``start_urls``."""

    start_urls: tuple[str, str]
    urls: tuple[str, ...]


@contextmanager
def static_site(folder: Path, cars: int, page_bytes: int) -> Iterator[StaticSite]:
    """Write a site of so many cars, each on a page of about ``page_bytes``, and serve it until the block ends.

    Raises:
        FileNotFoundError: nginx is not installed.
    """
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not nginx:
        raise FileNotFoundError("nginx is not installed")
    port = _free_port()
    site = _write(folder / "site", f"http://{HOST}:{port}", cars, page_bytes)
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, host=HOST, port=port, user=getpass.getuser()))
    with subprocess.Popen([nginx, "-c", config, "-e", "stderr"]) as server:
        try:
            _await(port)
            yield site
        finally:
            server.terminate()


def _write(root: Path, base_url: str, cars: int, page_bytes: int) -> StaticSite:
    (root / "cars").mkdir(parents=True)
    (root / "robots.txt").write_text("User-agent: *\nDisallow: /admin\n")
    market = Market(cars).on(0)
    for source_id in market.ids:
        page = detail_page(market[source_id], source_id, base_url)
        (root / "cars" / source_id).write_text(_padded(page, page_bytes), encoding="utf-8")
    addresses = [car_url(base_url, source_id) for source_id in market.ids]
    chains = [
        _write_lists(root, base_url, f"lists-{name}", half)
        for name, half in (("a", addresses[: cars // 2]), ("b", addresses[cars // 2 :]))
    ]
    return StaticSite((chains[0][0], chains[1][0]), (*chains[0], *chains[1], *addresses))


def _write_lists(root: Path, base_url: str, name: str, addresses: Sequence[str]) -> list[str]:
    """Write result pages that only name their cars' addresses, and return their own."""
    (root / name).mkdir()
    chunks = [addresses[at : at + ADDRESSES_PER_LIST] for at in range(0, len(addresses), ADDRESSES_PER_LIST)]
    for number, chunk in enumerate(chunks, 1):
        elements = [{"@type": "ListItem", "position": at, "url": url} for at, url in enumerate(chunk, 1)]
        following = f'<link rel="next" href="/{name}/{number + 1}">' if number < len(chunks) else ""
        head = script({"@type": "ItemList", "itemListElement": elements}) + following
        (root / name / str(number)).write_text(f"<!doctype html><html><head>{head}</head><body></body></html>")
    return [f"{base_url}/{name}/{number}" for number in range(1, len(chunks) + 1)]


def _padded(page: str, page_bytes: int) -> str:
    missing = max(0, page_bytes - len(page.encode()))
    before, end, after = page.rpartition("</main>")
    return f"{before}{BALLAST * (missing // len(BALLAST))}{end}{after}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port)).close()
            return
        except ConnectionRefusedError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
