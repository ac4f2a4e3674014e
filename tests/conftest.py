"""What all tests share: where the real data and pages lie, if they are here, and that Ctrl-C is heard."""

import signal
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Hear it as a person's terminal would: what runs in the background ignores it, and so would all that we start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real listings; tests that need it are skipped where it is missing."""
    return _existing(SHARED / "data")


@pytest.fixture(scope="session")
def shared_pages() -> Path:
    """The folder of real saved pages; tests that need it are skipped where it is missing."""
    return _existing(SHARED / "pages")


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"the real input {folder.name}/ is not here")
    return folder
