"""Where everything lies: one data folder, $TASADOR_HOME (default ./data)."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder and the place of each thing in it."""

    root: Path

    @property
    def landing(self) -> str:
        """Where crawls land: $TASADOR_LANDING (any fsspec URL), else a folder in the data folder."""
        return os.environ.get("TASADOR_LANDING") or str(self.root / "landing")

    @property
    def warehouse(self) -> Path:
        """The private DuckDB file; only Tasador opens it."""
        return self.root / "warehouse.duckdb"

    @property
    def market(self) -> Path:
        """The published DuckDB file that people query: a link to the newest version."""
        return self.root / "market.duckdb"

    @property
    def market_versions(self) -> Path:
        """The folder of the published versions."""
        return self.root / "market"

    @property
    def snapshots(self) -> Path:
        """The frozen training sets, Parquet."""
        return self.root / "snapshots"

    @property
    def models(self) -> Path:
        """The fitted models: ``<market>/<model_run_id>/``."""
        return self.root / "models"

    @property
    def profiles(self) -> Path:
        """The source profiles of one's own, TOML: how the tables that are imported are read."""
        return self.root / "profiles"

    @property
    def reports(self) -> Path:
        """Pictures and tables that people look at."""
        return self.root / "reports"


def home(root: str | Path | None = None) -> Home:
    """Return the data folder: ``root``, else $TASADOR_HOME, else ./data."""
    return Home(Path(root or os.environ.get("TASADOR_HOME") or "data"))
