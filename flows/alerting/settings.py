"""Alerts, read from tasador.toml: which listings to tell of, and where. Knows neither tables nor channels."""

import hashlib
import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from crawler.errors import TasadorError, UsageError
from crawler.sites import config_path, read_config

KINDS = ("deal", "price_drop")
WHOLE_ADDRESS = re.compile(r"\$(?:\w+|\{\w+\})")


@dataclass(frozen=True, slots=True)
class Alert:
    """A saved search: the listings of a market that are a ``kind`` and fulfil an SQL condition, and whom to tell.

    ``to`` are addresses as written: ``$NAME`` or ``${NAME}`` in them is taken from the environment.
    """

    name: str
    market: str
    kind: str
    to: tuple[str, ...]
    where: str = "true"


def read_alerts(path: Path | None = None) -> dict[str, Alert]:
    """Return every alert of the configuration by its name.

    Raises:
        UsageError: the file is missing or not TOML, or an alert lacks or misnames something.
    """
    path = path or config_path()
    config = read_config(path)
    markets = sorted(config.get("markets", {}))
    tables = config.get("alerts", {}).items()
    return {name: _alert(f"{path}: alerts.{name}", name, table, markets) for name, table in tables}


def read_notified(path: Path | None = None) -> tuple[str, ...]:
    """Return the addresses, as written, of those who are told when a flow fails: ``[notify]`` of the configuration.

    Raises:
        UsageError: the file is missing or not TOML, an address is none or a file: a server somewhere would write it.
    """
    path = path or config_path()
    table = read_config(path).get("notify", {"to": []})
    to = _addresses(table.get("to")) if isinstance(table, dict) and set(table) == {"to"} else None
    if to is None or any(address.startswith("file:") for address in to):
        raise UsageError(f"{path}: notify must have `to` alone: a list of https://…, Apprise URLs or $NAME")
    return to


def read_alert(name: str) -> Alert:
    """Return one alert by its name.

    Raises:
        UsageError: there is no such alert; the message names those that there are.
    """
    alerts = read_alerts()
    if name not in alerts:
        raise UsageError(f"alert must be one of {', '.join(sorted(alerts))} ({config_path()}), got {name!r}")
    return alerts[name]


def address_hash(address: str) -> str:
    """Return what stands for an address in the warehouse: of the address as written, without what it takes in."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def scheme(address: str) -> str:
    """Return all of an address that may be shown."""
    return "an address from the environment" if address.startswith("$") else address.partition(":")[0]


def expanded(address: str) -> str:
    """Return an address with what it takes from the environment; within a longer one that is percent-encoded.

    Raises:
        TasadorError: the environment lacks it.
    """
    is_whole = WHOLE_ADDRESS.fullmatch(address)
    values = {name: value if is_whole else quote(value, safe="") for name, value in os.environ.items()}
    try:
        return Template(address).substitute(values)
    except KeyError as error:
        raise TasadorError(f"the environment variable {error.args[0]} must be set, it is part of an address") from error


def _alert(where: str, name: str, table: Any, markets: list[str]) -> Alert:
    known = {entry.name for entry in fields(Alert)} - {"name"}
    if not isinstance(table, dict) or (unknown := sorted(set(table) - known)):
        shown = f"{where} has no setting {unknown[0]!r}; it has" if isinstance(table, dict) else f"{where} must have"
        raise UsageError(f"{shown} {', '.join(sorted(known))}")
    to = _addresses(table.get("to"))
    rules = {
        "market": (table.get("market") in markets, f"one of {', '.join(markets)}"),
        "kind": (table.get("kind") in KINDS, f"one of {', '.join(KINDS)}"),
        "where": (isinstance(table.get("where", ""), str), "an SQL condition"),
    }
    for key, (is_kept, rule) in rules.items():
        if not is_kept:
            raise UsageError(f"{where}.{key} must be {rule}, got {table.get(key)!r}")
    if not to:
        # what was got is not shown: it may hold a password
        raise UsageError(f"{where}.to must be one or more of file:NAME.jsonl, https://…, an Apprise URL or $NAME")
    return Alert(name=name, **{**table, "to": to})


def _addresses(written: Any) -> tuple[str, ...] | None:
    """Return one address or a list of them without repetitions; None where one is no address."""
    to = [written] if isinstance(written, str) else written
    return tuple(dict.fromkeys(to)) if isinstance(to, list) and all(map(_is_address, to)) else None


def _is_address(address: Any) -> bool:
    is_said = isinstance(address, str) and bool(re.match(r"file:[^/]|\w+://.|\$", address))
    return is_said and Template(address).is_valid()
