"""Writes a page fixture's output.json from what its page class reads now: `python tests/crawler/record_page.py NAME`.

Read what it wrote before you commit it: what stands there is what the tests hold the page class to.
"""

import json
import sys
from pathlib import Path

from crawler.pages import page_class


def record(folder: Path) -> None:
    """Read page.html as meta.json says, and write output.json beside them."""
    meta = json.loads((folder / "meta.json").read_text())
    page = page_class(meta["page"])((folder / "page.html").read_text(), meta["url"], meta["status"])
    output = {
        "kind": page.kind,
        "problem": page.problem(),
        "next_url": page.next_url(),
        "detail_urls": page.detail_urls(),
        "listings": [listing.payload() for listing in page.listings()],
    }
    (folder / "output.json").write_text(json.dumps(output, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record(Path(__file__).parent / "pages" / name)
