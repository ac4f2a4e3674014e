"""Tracking that nobody asked for, or that cannot be done: nothing is lost by it, and one sentence says so."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.train.tracking import track_champion

FOLDER = Path("models/us/20260105T120000Z-forest-abc123")
CLOSED_PORT = 9


def test_without_the_variable_nothing_is_said_and_mlflow_is_not_imported() -> None:
    code = (
        "import sys; from models.train.tracking import *\nprint([track_champion(Path('m')), 'mlflow' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={})
    assert done.stdout.split() == ["['',", "False]"]


def test_mlflow_that_is_not_installed_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    expected = "Not tracked in MLflow: mlflow is not installed: run pip install 'tasador[mlflow]'"
    assert track_champion(FOLDER) == expected


def test_a_server_that_is_away_is_one_sentence_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://anna:secret@127.0.0.1:{CLOSED_PORT}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    told = track_champion(FOLDER)
    assert told.startswith(
        f"Not tracked in MLflow: the server gave no answer: API request to http://127.0.0.1:{CLOSED_PORT}/"
    )
    assert "secret" not in told
    assert "\n" not in told
