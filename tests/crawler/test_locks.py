"""A lock keeps a second process out and goes with the one that holds it."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.errors import TasadorError
from crawler.locks import alone

HOLD = """
import sys
from pathlib import Path
from crawler.locks import alone
with alone(Path(sys.argv[1]), "held"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_kept_out_until_the_holder_dies(tmp_path: Path) -> None:
    path = tmp_path / "models" / ".lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(TasadorError, match="a crawl is running: wait until it has ended"),
            alone(path, "a crawl is running"),
        ):
            pass
        holder.kill()
        holder.wait()
        with alone(path, "nobody"):
            assert path.exists()
