"""All that a Prefect server has, where it gives 200 at a time."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

# What a server gives at most, as it comes.
PAGE = 200


def all_of(read: Callable[..., list[T]], **asked: Any) -> Iterator[T]:
    """Yield what a client's ``read`` returns, page by page; ``asked`` are its filters and the order."""
    offset = 0
    while page := read(**asked, limit=PAGE, offset=offset):
        yield from page
        offset += len(page)
        if len(page) < PAGE:
            return
