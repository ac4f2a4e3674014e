"""Turns a page into one that shows its cars only after a script ran, as a site made in the browser does."""

import json

SHELL = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demo market</title></head>'
    "<body><p>This market needs JavaScript.</p><script>const page = {page};"
    "setTimeout(() => {{ document.documentElement.innerHTML = page }}, {delay});</script></body></html>"
)
DELAY_MS = 50  # after the page has loaded: who waits for that alone sees no car


def scripted(html: str) -> str:
    """Return a page that carries ``html`` as a string, which its script turns into the document."""
    return SHELL.format(page=json.dumps(html).replace("<", "\\u003c"), delay=DELAY_MS)
