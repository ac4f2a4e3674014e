"""The page classes, by name and by the address that they read: pages in, raw listings out, one file per domain."""

import re
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.pages.autoscout24 import AutoScout24Page
from crawler.pages.base import Page
from crawler.pages.cars_com import CarsComPage
from crawler.pages.hemmings import HemmingsPage
from crawler.pages.schema_org import SchemaOrgPage

PAGE_CLASSES: dict[str, type[Page]] = {
    "schema.org": SchemaOrgPage,
    "cars.com": CarsComPage,
    "autoscout24": AutoScout24Page,
    "hemmings": HemmingsPage,
}
HOSTS = {
    "cars.com": r"(?:^|\.)cars\.com$",
    "autoscout24": r"(?:^|\.)autoscout24\.",
    "hemmings": r"(?:^|\.)hemmings\.com$",
}


def page_class(name: str) -> type[Page]:
    """Return the page class of this name.

    Raises:
        UsageError: there is none; the message names those that there are.
    """
    if name not in PAGE_CLASSES:
        raise UsageError(f"page must be one of {', '.join(PAGE_CLASSES)}, got {name!r}")
    return PAGE_CLASSES[name]


def page_class_for(url: str) -> type[Page]:
    """Return the page class of the site at this address; schema.org's for a site that nobody knows."""
    return page_class(page_class_name(url))


def page_class_name(url: str) -> str:
    """Return the name of the page class of the site at this address."""
    host = urlsplit(url).hostname or ""
    return next((name for name, pattern in HOSTS.items() if re.search(pattern, host)), "schema.org")
