"""What all tests share: where the real data and pages lie, if here, an object store, and that Ctrl-C is heard."""

import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bench.store import running_store

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


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """An S3 store on loopback, empty, in a process of its own: the environment in which it is found."""
    pytest.importorskip("s3fs")
    with running_store() as environment:
        yield environment


@pytest.fixture
def bucket(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket, as s3://its-name, which the environment has the keys to."""
    import s3fs  # not before: who tests without an object store does without

    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    bucket = f"tasador-{uuid4().hex[:12]}"
    s3fs.S3FileSystem(use_listings_cache=False).mkdir(bucket)
    return f"s3://{bucket}"


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"the real input {folder.name}/ is not here")
    return folder
