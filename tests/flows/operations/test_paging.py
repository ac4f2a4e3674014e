"""Reading all that a server has."""

import pytest

from flows.operations.paging import PAGE, all_of


@pytest.mark.parametrize("there", [0, 1, PAGE, PAGE + 1, 3 * PAGE])
def test_all_is_read_whatever_the_server_gives_at_a_time(there: int) -> None:
    asked: list[str] = []

    def read(*, limit: int, offset: int, sort: str) -> list[int]:
        asked.append(sort)
        return list(range(there))[offset : offset + limit]

    assert list(all_of(read, sort="oldest")) == list(range(there))
    assert set(asked) == {"oldest"}
