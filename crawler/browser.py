"""The browser of sites with ``javascript = true``: where it is, or what to install. Runs nothing."""

import os
import shutil
from importlib.util import find_spec

from crawler.errors import TasadorError
from crawler.sites import Site

ENVIRONMENT_VARIABLE = "TASADOR_BROWSER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def check_browser(site: Site) -> None:
    """Raise TasadorError where a site needs a browser and there is none, or nothing to drive it with."""
    if site.javascript:
        if not find_spec("scrapy_playwright"):
            raise TasadorError(f"sites.{site.name}.javascript needs an extra: pip install 'tasador[javascript]'")
        browser_path()


def browser_path() -> str:
    """Return the path of $TASADOR_BROWSER, else of the first Chromium on the PATH. Raises TasadorError without one."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    path = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if not path:
        raise TasadorError(
            f"browser must be on the PATH ({', '.join(BROWSERS)}) or be named by {ENVIRONMENT_VARIABLE}, "
            f"got {named!r}: apt-get install chromium"
        )
    return path
