"""E-mail and other services, through Apprise: the only file that imports it.

Apprise says only whether it worked; why not is read from its log, and what is not surely a refusal is unsure.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import apprise

from crawler.errors import UsageError
from flows.alerting.delivery import SENT, Delivery, Send
from flows.alerting.message import Message

# An answer that is no success: of HTTP as Apprise logs it, of SMTP as Python shows it. Or nobody was reached.
REFUSED = re.compile(
    r"error=[1-5]\d\d\b(?<!504)|\([45]\d\d, b'|NewConnectionError|ConnectTimeout|NameResolutionError|"
    r"Connection refused|Name or service not known|No route to host|Network is unreachable"
)
# Of an address with several receivers one has it.
SOME_SENT = re.compile(r"\bSent\b")


def service(url: str) -> Send:
    """Return what sends messages to an Apprise URL.

    Raises:
        UsageError: Apprise knows no such address.
    """
    with _logged():
        target = apprise.Apprise.instantiate(url, asset=apprise.AppriseAsset(app_id="Tasador"))
    if not isinstance(target, apprise.NotifyBase):
        raise UsageError("the address must be one that Apprise knows: https://appriseit.com lists them")
    return lambda message: _send(target, message)


def _send(target: apprise.NotifyBase, message: Message) -> Delivery:
    with _logged() as lines:
        is_sent = target.notify(body=message.text, title=message.title, body_format=apprise.NotifyFormat.TEXT)
    if is_sent:
        return SENT
    log = "\n".join(lines)
    if REFUSED.search(log) and not SOME_SENT.search(log):
        return Delivery("failed", "it was refused or not reached")
    return Delivery("unsure", "it may have taken the message")


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Collect what Apprise logs, and let nothing of it be shown: it may name addresses."""
    lines: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("apprise")
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
