"""Scrapy's settings for every crawl, each with its reader and its reason; a site's own manners are in tasador.toml."""

import os
from importlib.metadata import version

from crawler.home import home

# Scrapy's spider loader and its log.
BOT_NAME = "tasador"
SPIDER_MODULES = ["crawler.spiders"]
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.extensions.NoLinePerPage"  # Scrapy makes its DEBUG lines even where nobody reads them

# The landing pipeline, the progress extension and the archive, which are ours.
ITEM_PIPELINES = {"crawler.pipelines.LandingPipeline": 100}
EXTENSIONS = {"crawler.extensions.ProgressLines": 100, "crawler.archive.PageArchive": 100}
LANDING = home().landing
CRAWL_RUN_ID = None  # the writer names the run, unless the process that started the crawl did
SECONDS_PER_PART = 5.0  # what a killed crawl loses
PROGRESS_LINES = False

# The scheduler: the spiders ask for each address once, and a fingerprint of each would stay in memory.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

# RobotsTxtMiddleware and UserAgentMiddleware: a site decides what we may read, and can reach who reads it.
ROBOTSTXT_OBEY = True
CONTACT = os.environ.get("TASADOR_CONTACT")
USER_AGENT = f"Tasador/{version('tasador')}" + (f" (+{CONTACT})" if CONTACT else "")

# Ours, between RetryMiddleware (550) and RedirectMiddleware (600): Crawl-delay, Retry-After and 429, other sites.
# The browser takes itself out where a site needs no script.
# Scrapy's own test for other sites drops a redirect to one without a word: the page would be lost and not counted.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.manners.Manners": 560,
    "crawler.javascript.InBrowser": 800,
}

# CookiesMiddleware: a reader of public pages needs no session.
COOKIES_ENABLED = False

# HttpErrorMiddleware: the page class tells a block from a listing that is gone; other errors go to the errback.
HTTPERROR_ALLOWED_CODES = [403, 404, 410, 429]

# RetryMiddleware: what may pass by itself. Not 429: Manners waits for as long as the site asks.
RETRY_HTTP_CODES = [408, 500, 502, 503, 504, 522, 524]
RETRY_TIMES = 2

# RedirectMiddleware: 20 by default, which is a loop.
REDIRECT_MAX_TIMES = 5

# The downloader: a listing's page has under 2 MB.
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024

# The scraper starts this many tasks for every response: measured 202 pages a second at 100, 324 at 2.
CONCURRENT_ITEMS = 2

# TelnetConsole and RemoteControl open doors into the process.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
