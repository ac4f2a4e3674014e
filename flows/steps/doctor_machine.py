"""How the machine is: Python, the packages against what was tested, the disk, the configuration."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from crawler.errors import TasadorError
from crawler.home import Home
from crawler.sites import SHIPPED_CONFIG, config_path, is_loopback, read_sites
from flows.show import size
from flows.steps.findings import Finding, ok, warning, wrong

TESTED_PYTHON = (3, 11)
CONSTRAINTS = SHIPPED_CONFIG.with_name("constraints.txt")
# An extra that holds another stands after it.
EXTRAS = ("score", "train", "schedule", "javascript", "lake")


def examine_machine(home: Home) -> Iterator[Finding]:
    """Tell how the machine is that works on a data folder."""
    yield _python()
    yield from _packages()
    yield _extras()
    yield _disk(home)
    yield from _configuration()


def _python() -> Finding:
    words = f"{platform.python_version()}, {platform.system()} on {platform.machine()}"
    if sys.version_info[:2] == TESTED_PYTHON:
        return ok("python", words)
    tested = ".".join(map(str, TESTED_PYTHON))
    return warning("python", words, f"tested with {tested}: use that where something fails")


def _packages() -> Iterator[Finding]:
    """Compare what is installed with what is asked for, and with the versions that were tested together."""
    asked = [requirement for requirement in _requirements() if _version(requirement)]
    refused = [_said(one) + f" (needs {one.specifier})" for one in asked if not one.specifier.contains(_version(one))]
    tested = _tested()
    others = [
        f"{_said(one)} (tested {number})"
        for one in asked
        if (number := tested.get(canonicalize_name(one.name))) and number != _version(one)
    ]
    if refused:
        yield wrong("packages", ", ".join(refused), "run pip install -c constraints.txt -e '.[all]'")
    elif others:
        yield warning(
            "packages", ", ".join(others), "fine where nothing fails; pip install -c constraints.txt undoes it"
        )
    else:
        yield ok("packages", ", ".join(map(_said, asked)) if not tested else f"{len(asked)} as tested")


def _extras() -> Finding:
    asked = {extra: needed for extra in EXTRAS if (needed := _requirements(extra))}
    missing = {extra: [one.name for one in needed if not _version(one)] for extra, needed in asked.items()}
    partly = [extra for extra in asked if missing[extra] and _is_wanted(extra)]
    absent = [extra for extra in asked if missing[extra] and extra not in partly]
    if partly:
        return warning("extras", f"{', '.join(missing[partly[0]])} missing", f"run pip install 'tasador[{partly[0]}]'")
    return ok("extras", f"not installed: {', '.join(absent)}" if absent else f"{', '.join(asked)} are installed")


def _is_wanted(extra: str) -> bool:
    """Tell whether a package is here that only this extra brings: not Tasador itself, a smaller extra or a package."""
    smaller = {one.name for before in ("", *EXTRAS[: EXTRAS.index(extra)]) for one in _requirements(before)}
    own = {one.name for one in _requirements(extra) if _version(one)} - smaller
    lines = (line for each in distributions() if each.name != "tasador" for line in each.requires or ())
    return not own <= {Requirement(line).name for line in lines if "extra ==" not in line}


def _requirements(extra: str = "") -> list[Requirement]:
    """Return what Tasador asks for by itself, or additionally for an extra."""
    everything = [Requirement(line) for line in requires("tasador") or ()]
    if not extra:
        return [one for one in everything if one.marker is None]
    return [one for one in everything if one.marker and f'extra == "{extra}"' in str(one.marker).replace("'", '"')]


def _tested() -> dict[str, str]:
    """Return the versions of constraints.txt, which lies beside the code and in no wheel.

    pip writes prompt_toolkit where a wheel asks for prompt-toolkit, so names are compared in their canonical form.
    """
    if not CONSTRAINTS.exists():
        return {}
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(name): number for name, _, number in (line.partition("==") for line in lines) if number}


def _version(requirement: Requirement) -> str:
    try:
        return version(requirement.name)
    except PackageNotFoundError:
        return ""


def _said(requirement: Requirement) -> str:
    return f"{requirement.name} {_version(requirement)}"


def _disk(home: Home) -> Finding:
    """Compare free disk with the sizes at hand; twice the warehouse is what a compaction and a publish may take."""
    there = next(folder for folder in (home.root.absolute(), *home.root.absolute().parents) if folder.exists())
    free, warehouse = shutil.disk_usage(there).free, _bytes_below(home.warehouse)
    parts = {"warehouse": home.warehouse, "market": home.market_versions, "landing": Path(home.landing)}
    words = ", ".join(f"{name} {size(_bytes_below(path))}" for name, path in parts.items() if path.exists())
    words = f"{size(free)} free" + (f"; {words}" if words else "")
    if free < 2 * warehouse:
        return warning("disk", words, "free some space: a publish or a compaction may need twice the warehouse")
    return ok("disk", words)


def _bytes_below(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.lstat().st_size for file in files if file.is_file())


def _configuration() -> Iterator[Finding]:
    try:
        sites = read_sites()
    except TasadorError as error:
        yield wrong("tasador.toml", str(error), "mend it: docs/sites.md has every setting")
        return
    yield ok("tasador.toml", f"{config_path()}: {', '.join(sites)}")
    real = [name for name, site in sites.items() if not all(map(is_loopback, site.start_urls))]
    if real and not os.environ.get("TASADOR_CONTACT"):
        remedy = "set it to a URL or an e-mail address where a site's owner can reach you"
        yield warning("contact", f"TASADOR_CONTACT is not set: crawls of {', '.join(real)} refuse to start", remedy)
