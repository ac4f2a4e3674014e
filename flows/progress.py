"""How long work shows itself: a moving line on a terminal, plain lines elsewhere; always on stderr."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

SECONDS_BETWEEN_PLAIN_LINES = 10.0

# Takes a few words, or what says them of itself.
Update = Callable[[object], None]


@contextmanager
def step(title: str) -> Iterator[Update]:
    """Show that ``title`` is under way; the caller says how far by calling what is yielded with a few words."""
    console = Console(stderr=True, highlight=False)
    started = time.monotonic()
    with _moving(console, title) if console.is_terminal else _plain(console, title) as update:
        yield update
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]", soft_wrap=True)


@contextmanager
def _moving(console: Console, title: str) -> Iterator[Update]:
    with console.status(title) as status:
        yield lambda words: status.update(f"{title}: {words}")


@contextmanager
def _plain(console: Console, title: str) -> Iterator[Update]:
    last = time.monotonic()

    def update(words: object) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_PLAIN_LINES:
            last = time.monotonic()
            console.print(f"… {title}: {words}", soft_wrap=True)

    yield update
