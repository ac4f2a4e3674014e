"""What becomes of a message that is sent: all that channels and services have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flows.alerting.message import Message


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message: sent; failed: it has surely not arrived; or unsure: it may have."""

    outcome: Literal["sent", "failed", "unsure"]
    reason: str | None = None


Send = Callable[[Message], Delivery]

SENT = Delivery("sent")
