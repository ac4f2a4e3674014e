"""The child's side of training: one model run in this process; what happens goes to the parent as JSON lines.

Started by models.train.training as ``python -m models.train.worker``; frameworks may print what they like, it goes to
stderr.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from models.train.model_run import make_model_run
from models.train.recipe import Recipe


def main(request: str) -> None:
    """Make the model run of a request: JSON with the fields of Recipe, and ``models``, the folder of model runs."""
    tell = channel_to_parent()
    asked: dict[str, Any] = json.loads(request)
    models = Path(asked.pop("models"))
    paths = {"snapshot": Path(asked["snapshot"]), "parts": tuple(map(Path, asked["parts"]))}
    recipe = Recipe(**{**asked, **paths})
    try:
        folder = make_model_run(recipe, models, lambda done: tell(done=done))
    except Exception as error:  # the parent names the estimator and goes on with the others
        traceback.print_exc()
        tell(failure=one_line(error))
    else:
        tell(folder=str(folder))


def channel_to_parent() -> Any:
    """Keep stdout for the parent alone and send whatever else is printed to stderr."""
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return lambda **message: channel.write(json.dumps(message) + "\n")


def one_line(error: Exception) -> str:
    """Return an error's kind and its first words; of a package that is missing, what brings it."""
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed: run pip install 'tasador[train]'"
    words = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1])
