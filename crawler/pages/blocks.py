"""Tells a page for robots from a page of the site. A block is never evaded, and never counted as a listing gone."""

import re

BLOCKED_STATUSES = (403, 429)

# By the page's title, its first: Cloudflare's script stands on normal pages too, so nothing in the body of one tells.
TITLE = re.compile(r"<title[^>]{0,200}>\s*", re.IGNORECASE)
CHALLENGE = re.compile(
    r"Just a moment\b|Attention Required! \| Cloudflare|Access Denied|Robot Check"
    r"|Access to this page has been denied|Pardon Our Interruption|Autotrader - page unavailable",
    re.IGNORECASE,
)


def is_blocked(text: str, status: int) -> bool:
    """Whether the site refused to serve us: by status, or by a challenge in place of the page."""
    if status in BLOCKED_STATUSES:
        return True
    title = TITLE.search(text, 0, 100_000)
    return title is not None and CHALLENGE.match(text, title.end()) is not None
