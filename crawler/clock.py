"""The one clock: what time it is for every record that we write."""

import os
from datetime import UTC, datetime

ENVIRONMENT_VARIABLE = "TASADOR_NOW"


def now() -> datetime:
    """Return the time in UTC, or the instant that TASADOR_NOW fixes (ISO 8601, for simulated days and tests)."""
    fixed = os.environ.get(ENVIRONMENT_VARIABLE)
    return datetime.fromisoformat(fixed).astimezone(UTC) if fixed else datetime.now(UTC)
