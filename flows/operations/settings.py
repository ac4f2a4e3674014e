"""Where Prefect's server answers and what Prefect is told by the environment; imports no Prefect, which reads it."""

import os
from pathlib import Path

from crawler.home import Home
from crawler.sites import config_path
from flows import PACKAGES

# Where nothing else is set: nothing is told to the outside, the slots of runs outlive the server, of runs that ended
# the server forgets those of 90 days ago, runs and workers wait eight minutes for a server that is away, runs say that
# they live, the pages ask the server that sent them, and what our own packages log is in the logs of the runs.
DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_CLIENT_MAX_RETRIES": "8",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_UI_API_URL": "/api",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_LOGGING_EXTRA_LOGGERS": ",".join(PACKAGES),
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def prefect_folder(home: Home) -> Path:
    """Return the folder of Prefect's own state and of the logs, which lie in the data folder."""
    return home.root / "prefect"


def own_api_url(host: str, port: int) -> str:
    """Return where a server of ours that listens there answers on this machine."""
    return f"http://{ANY_ADDRESS.get(host, host)}:{port}/api"


def known_api_url(home: Home, host: str, port: int) -> str:
    """Return where somebody's server answers: $PREFECT_API_URL, else the data folder's own, else the one named."""
    written = _address_file(home)
    own = written.read_text(encoding="utf-8") if written.exists() else own_api_url(host, port)
    return os.environ.get("PREFECT_API_URL") or own


def write_api_url(home: Home, api_url: str) -> None:
    """Keep where the data folder's own server answers, for `tasador up --status` and for workers."""
    _address_file(home).write_text(api_url, encoding="utf-8")


def set_environment(home: Home, api_url: str) -> None:
    """Tell Prefect and all that we start where everything lies; before Prefect is imported.

    A run works in a folder of its own: paths are absolute.
    """
    ours = {
        "TASADOR_HOME": str(home.root.resolve()),
        "TASADOR_CONFIG": str(config_path().resolve()),
        "PREFECT_API_URL": api_url,
    }
    folder = prefect_folder(home).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update({**DEFAULTS, "PREFECT_HOME": str(folder), **os.environ, **ours})


def _address_file(home: Home) -> Path:
    return prefect_folder(home) / "api_url"
