"""Tells a page for robots from a page of the site. A block is never evaded, and never counted as a listing gone."""

import re

BLOCKED_STATUSES = (403, 429)

# By title: Cloudflare's script stands on normal pages too, so nothing in the body of one tells.
CHALLENGE_TITLES = re.compile(
    r"<title[^>]{0,200}>\s*(?:Just a moment\b|Attention Required! \| Cloudflare|Access Denied|Robot Check"
    r"|Access to this page has been denied|Pardon Our Interruption|Autotrader - page unavailable)",
    re.IGNORECASE,
)


def is_blocked(text: str, status: int) -> bool:
    """Whether the site refused to serve us: by status, or by a challenge in place of the page."""
    return status in BLOCKED_STATUSES or CHALLENGE_TITLES.search(text[:100_000]) is not None
