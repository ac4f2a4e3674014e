"""The demo market's pages as text: result pages, a car's own page, robots.txt, and the error pages."""

from collections.abc import Iterable
from html import escape

from crawler.demo_market.jsonld import car_json, script
from crawler.items import FIELD_NAMES, Listing

CARS_PER_PAGE = 50
SHOWN_FIELDS = tuple(name for name in FIELD_NAMES if name not in ("source_id", "url", "title", "price"))

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f5f2;color:#222}
header,main{max-width:68rem;margin:auto;padding:1rem}
header{display:flex;justify-content:space-between;align-items:baseline}
header a{font-weight:700;font-size:1.3rem;color:#155e63;text-decoration:none}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}
.card,table{background:#fff;border:1px solid #ddd;border-radius:8px}
.card{padding:1rem}.card h2{font-size:1rem;margin:0}.card p{margin:.2rem 0;color:#555}
a{color:#155e63}.price{font-weight:700;font-size:1.25rem;color:#222!important}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #eee}
th{width:14rem;font-weight:400;color:#666}nav{display:flex;gap:2rem;margin:1.5rem 0}
"""


def result_page(listings: Iterable[tuple[str, Listing]], base_url: str, number: int, total: int) -> str:
    """Return result page ``number`` (from 1) with the ads of (id, listing) out of ``total`` cars."""
    listings = list(listings)
    last = max(1, -(-total // CARS_PER_PAGE))
    items = [
        {"@type": "ListItem", "position": position, "item": car_json(listing, source_id, car_url(base_url, source_id))}
        for position, (source_id, listing) in enumerate(listings, 1)
    ]
    before = f'<a rel="prev" href="/cars?page={number - 1}">Previous</a>' if number > 1 else ""
    after = f'<a rel="next" href="/cars?page={number + 1}">Next</a>' if number < last else ""
    cards = "".join(_card(source_id, listing) for source_id, listing in listings)
    return _page(
        f"{total:,} cars, page {number} of {last}",
        f'<div class="cards">{cards}</div><nav>{before}{after}</nav>',
        script({"@type": "ItemList", "numberOfItems": total, "itemListElement": items})
        + (f'<link rel="next" href="/cars?page={number + 1}">' if after else ""),
    )


def detail_page(listing: Listing, source_id: str, base_url: str) -> str:
    """Return a car's own page."""
    url = car_url(base_url, source_id)
    said = {name.replace("_", " "): getattr(listing, name) for name in SHOWN_FIELDS} | listing.extra
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in said.items() if value)
    return _page(
        headline(listing),
        f'<p class="price">{escape(listing.price or "Not Priced")}</p><table>{rows}</table>'
        '<nav><a href="/cars?page=1">All cars</a></nav>',
        f'{script(car_json(listing, source_id, url))}<link rel="canonical" href="{escape(url)}">',
    )


def error_page(message: str) -> str:
    """Return the page of a car that is gone, or of an address that never was."""
    return _page(message, '<nav><a href="/cars?page=1">All cars</a></nav>')


def robots(base_url: str) -> str:
    """Return robots.txt: the cars may be read, the control paths may not."""
    return f"User-agent: *\nDisallow: /_\nSitemap: {base_url}/sitemap.xml\n"


def car_url(base_url: str, source_id: str) -> str:
    """Return the address of a car's own page; an id is already fit for one."""
    return f"{base_url}/cars/{source_id}"


def headline(listing: Listing) -> str:
    """Return the ad's title, else what it says of the car."""
    return listing.title or " ".join(filter(None, (listing.model_year, listing.make, listing.model, listing.trim)))


def _card(source_id: str, listing: Listing) -> str:
    place = ", ".join(filter(None, (listing.city, listing.region)))
    return (
        f'<article class="card"><h2><a href="/cars/{source_id}">{escape(headline(listing))}</a></h2>'
        f'<p class="price">{escape(listing.price or "Not Priced")}</p><p>{escape(listing.mileage or "")}</p>'
        f"<p>{escape(listing.seller_name or listing.seller_type or '')}</p><p>{escape(place)}</p></article>"
    )


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | Demo market</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>{head}</head><body>'
        '<header><a href="/cars?page=1">Demo market</a><span>Invented cars, or a table of yours</span></header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
