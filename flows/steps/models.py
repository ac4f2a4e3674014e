"""What people do with model runs by hand: compare two, make one the champion, go back to the one before, retire one."""

from dataclasses import dataclass, replace
from pathlib import Path

from crawler.clock import now
from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.steps.publish import publish
from models.evaluate.holdout import priced_rows
from models.gate import side_by_side
from models.gate.side_by_side import SideBySide
from models.model_runs.registry import open_model_run
from models.model_runs.store import delete_model_run
from models.train.tracking import track_champion
from warehouse.connection import connect
from warehouse.reading import champion, former_champion, markets, model_run
from warehouse.training import training_set
from warehouse.writing import write_promotion, write_retirement


@dataclass(frozen=True, slots=True)
class Promoted:
    """A market's new champion, and the one whose place it took, if there was one; what an MLflow server was told."""

    market: str
    model_run_id: str
    former: str | None
    tracked: str = ""


def compare(home: Home, first: str, second: str) -> SideBySide:
    """Compare two model runs on the market's cars, as they ask now, that are new to both.

    Raises:
        UsageError: a model run is unknown, or they are of two markets.
        TasadorError: a folder cannot be used, or no car is new to both.
    """
    with connect(home) as connection:
        found = sorted({model_run(connection, name)["market"] for name in (first, second)})
        if len(found) > 1:
            raise UsageError(f"the two model runs must be of one market, got {' and '.join(found)}")
        (market,) = found
        rows = priced_rows(training_set(connection, market), market)
    one, other = (open_model_run(_folder(home, market, name)) for name in (first, second))
    return side_by_side.compare(rows, one, other)


def promote(home: Home, model_run_id: str, reason: str = "") -> Promoted:
    """Make a model run its market's champion, without the gate, and publish.

    Raises:
        UsageError: it is unknown, retired, or the champion already.
        TasadorError: its folder cannot be used.
    """
    with connect(home) as connection:
        record = model_run(connection, model_run_id)
        former = champion(connection, record["market"])
    if record["retired_at"]:
        raise UsageError(f"{model_run_id} must not be retired, and is since {record['retired_at']:%Y-%m-%d}")
    if former == model_run_id:
        raise UsageError(f"{model_run_id} is the champion of {record['market']} already")
    return _promote(home, Promoted(record["market"], model_run_id, former), f"by hand: {reason or 'no reason given'}")


def rollback(home: Home, market: str | None = None, reason: str = "") -> Promoted:
    """Make the champion before the present one the champion again, and publish; of the only market, or the named one.

    Raises:
        UsageError: the market is unknown, or there are several and none is named.
        TasadorError: there is no champion before, or its folder cannot be used.
    """
    with connect(home) as connection:
        known = markets(connection)
        if market not in known and (market or len(known) != 1):
            raise UsageError(f"--market must be one of {', '.join(known)}, got {market!r}")
        name = market or known[0]
        current, former = champion(connection, name), former_champion(connection, name)
    if not former:
        raise TasadorError(
            f"market {name} has no champion before {current}: `tasador models list` names all model runs"
        )
    because = f"rolled back from {current}" + (f": {reason}" if reason else "")
    return _promote(home, Promoted(name, former, current), because)


def retire(home: Home, model_run_id: str, *, delete: bool = False) -> Path:
    """Mark a model run as never to be the champion again, and publish; return its folder, which may be deleted.

    Raises:
        UsageError: it is unknown, or a champion.
    """
    with connect(home) as connection:
        record = model_run(connection, model_run_id)
        if champion(connection, record["market"]) == model_run_id:
            raise UsageError(f"{model_run_id} is the champion of {record['market']}: promote another one first")
        write_retirement(connection, model_run_id, now())
    folder = _folder(home, record["market"], model_run_id)
    if delete:
        delete_model_run(folder)
    publish(home)
    return folder


def _promote(home: Home, promoted: Promoted, reason: str) -> Promoted:
    folder = _folder(home, promoted.market, promoted.model_run_id)
    open_model_run(folder)  # it must be able to score
    with connect(home) as connection:
        write_promotion(connection, promoted.market, promoted.model_run_id, reason, now())
    publish(home)
    return replace(promoted, tracked=track_champion(folder))


def _folder(home: Home, market: str, model_run_id: str) -> Path:
    return home.models / market / model_run_id
