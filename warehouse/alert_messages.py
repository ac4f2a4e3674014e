"""The outbox of alerts: each match for each address, pending, sending, sent or unsure, so that none is told twice.

A message is marked as sending before anything leaves the machine. Knows neither conditions nor how messages travel.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import duckdb
import polars as pl

from warehouse.transaction import in_transaction

State = Literal["pending", "sent", "unsure"]

ADD = """
insert into alert_messages
select $alert, listing_id, asking_price, unnest($addresses), body, 'pending', 0, null, $at, $at
from found
where not exists (
    from alert_messages as known
    where known.alert = $alert
        and known.listing_id = found.listing_id
        and known.asking_price is not distinct from found.asking_price
)
"""

COUNTS = """
select
    alert,
    address,
    count(*) filter (state = 'sent') as sent,
    count(*) filter (state = 'pending') as pending,
    count(*) filter (state in ('sending', 'unsure')) as unsure,
    max(state_at) filter (state = 'sent') as last_sent_at,
    arg_max(failure, state_at) as failure
from alert_messages
group by all
"""

FOUND = {"listing_id": pl.String, "asking_price": pl.Float64, "body": pl.String}


def add_matches(
    connection: duckdb.DuckDBPyConnection,
    alert: str,
    addresses: Sequence[str],
    matches: Sequence[Mapping[str, Any]],
    at: datetime,
) -> int:
    """Make a message of each match for each address, unless the alert found that listing at that price before.

    Returns the number of new matches; those found for the first time are never made again, for no address.
    """
    rows = [
        (match["listing_id"], match["asking_price"], json.dumps(match, default=str, ensure_ascii=False))
        for match in matches
    ]

    def add() -> int:
        values = {"alert": alert, "addresses": list(addresses), "at": at}
        (count,) = connection.execute(ADD, values).fetchone() or (0,)
        return int(count) // len(addresses)

    connection.register("found", pl.DataFrame(rows, schema=FOUND, orient="row"))
    added = in_transaction(connection, add)
    connection.unregister("found")
    return added


def settle_interrupted(connection: duckdb.DuckDBPyConnection, repeatable: Collection[str], at: datetime) -> None:
    """Mark what a killed process was sending as unsure, or as pending where the address takes nothing twice."""
    settle = """
    update alert_messages
    set state = if(list_contains($repeatable, address), 'pending', 'unsure'), state_at = $at,
        failure = 'interrupted while it was sent'
    where state = 'sending'
    """
    in_transaction(connection, lambda: connection.execute(settle, {"repeatable": list(repeatable), "at": at}))


def release_unsure(connection: duckdb.DuckDBPyConnection, alerts: Collection[str], at: datetime) -> None:
    """Make what may have arrived pending again: it is told twice where it did."""
    release = "update alert_messages set state = 'pending', state_at = ? where state = 'unsure' and alert in ?"
    in_transaction(connection, lambda: connection.execute(release, [at, list(alerts)]))


def begin_sending(
    connection: duckdb.DuckDBPyConnection, alert: str, address: str, at: datetime
) -> list[dict[str, Any]]:
    """Mark the pending messages of an alert for an address as being sent, and return their matches, oldest first."""

    def begin() -> list[dict[str, Any]]:
        which = "where alert = $alert and address = $address and state = 'pending'"
        values = {"alert": alert, "address": address}
        order = "order by found_at, listing_id, asking_price"
        found = connection.execute(f"select body from alert_messages {which} {order}", values).fetchall()
        mark = f"update alert_messages set state = 'sending', attempts = attempts + 1, state_at = $at {which}"
        connection.execute(mark, values | {"at": at})
        return [json.loads(body) for (body,) in found]

    return in_transaction(connection, begin)


def end_sending(
    connection: duckdb.DuckDBPyConnection, alert: str, address: str, state: State, failure: str | None, at: datetime
) -> None:
    """Record what became of the messages that were being sent; of what is sent no body is kept."""
    end = """
    update alert_messages
    set state = $state, failure = $failure, state_at = $at, body = if($state = 'sent', null, body)
    where alert = $alert and address = $address and state = 'sending'
    """
    values = {"alert": alert, "address": address, "state": state, "failure": failure, "at": at}
    in_transaction(connection, lambda: connection.execute(end, values))


def message_counts(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return one row per alert and address: how many messages are sent, pending and unsure, and the last failure."""
    counts: pl.DataFrame = connection.execute(COUNTS).pl()
    return counts
