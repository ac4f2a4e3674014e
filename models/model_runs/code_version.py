"""Which code is running: for the record of what it makes. Knows nothing of what that is."""

import subprocess
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
DESCRIBE = ("git", "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty")


def code_version() -> str:
    """Return the git commit of the checkout, "-dirty" where files differ from it; else the package's version."""
    # An installed package may lie in somebody else's repository, whose commit says nothing of it.
    if (CHECKOUT / ".git").exists():
        try:
            return subprocess.run(DESCRIBE, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):  # there is no git here, or it does not trust the folder
            pass
    return version("tasador")
