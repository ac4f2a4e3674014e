"""How far long work is, told from threads of the work's own: no training is lost because it cannot be shown."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest
from prefect.context import TagsContext, tags

from flows.operations import artifacts
from flows.operations.artifacts import progress


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The tags of the run, which its context knows, of each warning; the server is away, but for the beginning."""
    told: list[set[str]] = []
    logger = SimpleNamespace(warning=lambda *_: told.append(TagsContext.get().current_tags))
    monkeypatch.setattr(artifacts, "get_run_logger", lambda: logger)
    monkeypatch.setattr(artifacts, "SECONDS_BETWEEN_UPDATES", 0.0)
    monkeypatch.setattr(artifacts, "create_progress_artifact", lambda **_: UUID(int=1))
    monkeypatch.setattr(artifacts, "update_progress_artifact", away)
    return told


def away(*_: object, **__: object) -> None:
    raise httpx.ConnectError("the server is away")


def test_a_thread_tells_as_the_run_that_began_it(warnings: list[set[str]]) -> None:
    with tags("nightly"), progress("training-us", "Training") as update, ThreadPoolExecutor(2) as pool:
        list(pool.map(update, (0.2, 0.4), ("forest 1 of 5", "forest 2 of 5")))
    assert warnings == 3 * [{"nightly"}], "and once more in the end"
