"""What all tests share: where the real data and pages lie, if here, an object store, and that Ctrl-C is heard."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

S3_SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


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
def s3_server() -> Iterator[str]:
    """The address of an S3 store on loopback, empty, in a process of its own."""
    pytest.importorskip("s3fs")
    command = [sys.executable, "-c", S3_SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.kill()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket, as s3://its-name, which the environment has the keys to."""
    import s3fs  # not before: who tests without an object store does without

    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = f"tasador-{uuid4().hex[:12]}"
    s3fs.S3FileSystem(use_listings_cache=False).mkdir(name)
    return f"s3://{name}"


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"the real input {folder.name}/ is not here")
    return folder
