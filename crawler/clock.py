"""The one clock: what time it is for every record that we write.

TASADOR_NOW injects another for all processes that inherit it. It is an instant (ISO 8601), at which time stands still;
or an instant, ``@``, a Unix time and ``/`` seconds, as ``2026-11-02T03:00Z@1763780400/120``: then a day has passed
every 120 real seconds since that time, and within a day time stands still, so that its records do not depend on the
machine's pace.
"""

import os
import time
from datetime import UTC, datetime, timedelta

ENVIRONMENT_VARIABLE = "TASADOR_NOW"


def now() -> datetime:
    """Return the time in UTC, or what TASADOR_NOW makes of it."""
    injected = os.environ.get(ENVIRONMENT_VARIABLE)
    return _simulated(injected) if injected else datetime.now(UTC)


def _simulated(text: str) -> datetime:
    instant, _, pace = text.partition("@")
    first = datetime.fromisoformat(instant).astimezone(UTC)
    if not pace:
        return first
    since, seconds_a_day = map(float, pace.split("/"))
    return first + timedelta(days=(time.time() - since) // seconds_a_day)
