"""Alerts: tell each new match of the saved searches once, to each address; what failed is tried again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from crawler.locks import alone
from flows.alerting.channels import channel, takes_nothing_twice
from flows.alerting.delivery import Delivery, Send
from flows.alerting.matches import find_matches
from flows.alerting.message import Message, write_message
from flows.alerting.settings import Alert, address_hash, read_alert, read_alerts, scheme
from flows.steps.recorded import recorded
from warehouse.alert_messages import (
    add_matches,
    begin_sending,
    end_sending,
    message_counts,
    release_unsure,
    settle_interrupted,
)
from warehouse.connection import connect

# Between one try and the next; what fails still is tried again by the next run.
WAIT_SECONDS = (1.0, 4.0, 16.0)

REMEDIES = {
    "failed": "the next run tries again",
    "unsure": "it is not sent again, but by `tasador alerts run --again`",
}

# Waits a number of seconds.
Wait = Callable[[float], None]


@dataclass(slots=True)
class Told:
    """What became of an alert: how many matches are new, to how many addresses all went, and what went wrong.

    ``refused_by`` counts the problems that are an address at which a message has surely not arrived.
    """

    new: int = 0
    sent_to: int = 0
    refused_by: int = 0
    problems: list[str] = field(default_factory=list)


class NotDelivered(TasadorError):
    """Raised where nothing else is wrong than that messages have surely not arrived: later they may."""


def run_alerts(home: Home, *, again: bool = False, wait: Wait = time.sleep) -> dict[str, Told]:
    """Find what is new for each alert of tasador.toml, tell it, and return what became of each.

    What may have arrived is not sent again, unless it is to be told ``again``.

    Raises:
        UsageError: an alert of tasador.toml is wrong.
        TasadorError: another process is sending alerts.
    """
    alerts = list(read_alerts().values())
    if not alerts:
        return {}
    with recorded(home, "alerts") as run, alone(home.root / ".alerts.lock", "another process is sending alerts"):
        with connect(home) as connection:
            settle_interrupted(connection, _repeatable(alerts), now())
            if again:
                release_unsure(connection, [alert.name for alert in alerts], now())
        told = {alert.name: _run(home, alert, wait) for alert in alerts}
        run.rows = sum(each.new for each in told.values())
        run.error = "; ".join(_problems(told)) or None
        return told


def require_told(told: dict[str, Told]) -> None:
    """Make sure that everything went out.

    Raises:
        NotDelivered: messages have surely not arrived, and nothing else went wrong.
        TasadorError: something did not; the message says what, and what happens to it.
    """
    problems = _problems(told)
    if problems:
        is_all = sum(each.refused_by for each in told.values()) == len(problems)
        raise (NotDelivered if is_all else TasadorError)("; ".join(problems))


def _problems(told: dict[str, Told]) -> list[str]:
    return [problem for each in told.values() for problem in each.problems]


def try_alert(home: Home, name: str) -> tuple[int, dict[str, Delivery]]:
    """Send a message that says it is a test to each address of an alert, and record nothing.

    Returns how many listings match now, and what became of the message by address, as far as that may be shown.

    Raises:
        UsageError: there is no such alert, or an address is none.
        TasadorError: nothing is published yet, or the condition is wrong.
    """
    alert = read_alert(name)
    count = len(find_matches(home, alert))
    message = Message(name, f"Tasador {name}: a test", f"This is a test. Listings that match now: {count:,}")
    return count, {
        f"{number}: {scheme(address)}": channel(home, address)(message)
        for number, address in enumerate(alert.to, start=1)
    }


def alert_counts(home: Home) -> pl.DataFrame:
    """Return one row per alert of tasador.toml and address: what was sent, what waits, and the last failure."""
    with connect(home) as connection:
        counts = message_counts(connection)
    rows = [
        {"alert": alert.name, "market": alert.market, "kind": alert.kind, "to": scheme(to), "address": address_hash(to)}
        for alert in read_alerts().values()
        for to in alert.to
    ]
    schema = dict.fromkeys(("alert", "market", "kind", "to", "address"), pl.String)
    listed = pl.DataFrame(rows, schema=schema).join(counts, on=["alert", "address"], how="left", maintain_order="left")
    return listed.drop("address").with_columns(pl.col("sent", "pending", "unsure").fill_null(0))


def _repeatable(alerts: Sequence[Alert]) -> list[str]:
    return [address_hash(address) for alert in alerts for address in alert.to if takes_nothing_twice(address)]


def _run(home: Home, alert: Alert, wait: Wait) -> Told:
    told = Told()
    try:
        matches = find_matches(home, alert)
    except TasadorError as error:  # what was found before may still be told, and so may the other alerts
        told.problems.append(str(error))
        matches = []
    with connect(home) as connection:
        told.new = add_matches(connection, alert.name, list(map(address_hash, alert.to)), matches, now())
    for address in alert.to:
        _tell(home, alert, address, told, wait)
    return told


def _tell(home: Home, alert: Alert, address: str, told: Told, wait: Wait) -> None:
    try:
        send = channel(home, address)
    except TasadorError as error:
        told.problems.append(f"alerts.{alert.name} to {scheme(address)}: {error}")
        return
    for seconds in (*WAIT_SECONDS, None):
        delivery = _try(home, alert, address, send)
        if delivery is None or delivery.outcome != "failed" or seconds is None:
            break
        wait(seconds)
    if delivery and delivery.outcome == "sent":
        told.sent_to += 1
    elif delivery:
        told.refused_by += delivery.outcome == "failed"
        told.problems.append(
            f"alerts.{alert.name} to {scheme(address)}: {delivery.reason}: {REMEDIES[delivery.outcome]}"
        )


def _try(home: Home, alert: Alert, address: str, send: Send) -> Delivery | None:
    """Send what is pending; None where nothing is."""
    whose = (alert.name, address_hash(address))
    with connect(home) as connection:
        matches = begin_sending(connection, *whose, now())
    if not matches:
        return None
    delivery = send(write_message(alert.name, alert.kind, matches))
    with connect(home) as connection:
        state = "pending" if delivery.outcome == "failed" else delivery.outcome
        end_sending(connection, *whose, state, delivery.reason, now())
    return delivery
