"""Installs each role as its image does, in a fresh virtual environment, and has it do its role's job: size and time.

No container engine is needed; what is installed is read out of containers/Dockerfile and .dockerignore.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from time import monotonic

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
DOCKERFILE = REPOSITORY / "containers" / "Dockerfile"
FRAMEWORKS = {"torch", "tensorflow"}
ROLES = ("crawl", "score", "train")
MEGABYTE = 1_000_000

JOBS = {
    "crawl": """
from crawler.demo_market.process import running_demo_market
from crawler.home import home
from flows.steps.crawl import crawl_site
from flows.steps.refresh import refresh
with running_demo_market(size=300) as market:
    crawl_site(home(), "demo", start_urls=[market.start_url])
print(refresh(home()).tables.rows["listings"], "listings crawled, loaded and published")
""",
    "score": """
from crawler.home import home
from flows.steps.score import score
from flows.steps.refresh import refresh
from warehouse.connection import connect
refresh(home())
with connect(home()) as connection:
    connection.execute("delete from predictions")  # else they stand as they were scored
print({market: scored.listings for market, scored in score(home(), anyway=True).items() if scored}, "listings scored")
""",
    "train": """
import tensorflow, torch
print("torch", torch.__version__, "and tensorflow", tensorflow.__version__, "imported")
""",
}


def main(arguments: list[str]) -> int:
    """Measure the roles named after the data folder, or all; return 1 where the scoring role has a framework.

    ``arguments``: a data folder whose listings were scored, of which a copy is scored; then roles.
    """
    home, *roles = arguments
    lines = [measure(role, Path(home)) for role in roles or ROLES]
    return int(any(line["role"] != "train" and line["frameworks"] for line in lines))


def measure(role: str, home: Path) -> dict[str, object]:
    """Install a role in a folder that goes with the measurement, do its job there, and print and return a line."""
    with tempfile.TemporaryDirectory() as folder:
        app, packages, data = Path(folder, "app"), Path(folder, "packages"), Path(folder, "data")
        app.mkdir()
        seconds = _install(role, app, packages)
        if role == "score":
            shutil.copytree(home, data, symlinks=True)
        line = {
            "role": role,
            "megabytes": round(_bytes(packages) / MEGABYTE),
            "install_seconds": round(seconds),
            "largest": _largest(packages),
            "frameworks": sorted(FRAMEWORKS & {path.name for path in _site(packages).iterdir()}),
            "libraries_of_the_system": _libraries(packages),
            "flows": [_python(packages, app, data, f"import flows.{name}; print('{name}')") for name in _flows(role)],
            "job": _python(packages, app, data, JOBS[role]),
        }
    print(json.dumps(line), flush=True)
    return line


def _install(role: str, app: Path, packages: Path) -> float:
    """Install in ``packages`` what the role's stage does, then put the code into ``app``; return the seconds of pip."""
    dockerfile = DOCKERFILE.read_text(encoding="utf-8")
    _, stage = dockerfile.split(f" AS {role}-packages\n")
    (extras,) = re.findall(r'-e "\.(\[.+\])"', stage.split("\nFROM ")[0])
    *read_by_pip, _ = re.findall(r"^COPY (?!--)(.+ \./)$", dockerfile, re.M)[0].split()
    for name in read_by_pip:
        shutil.copy(REPOSITORY / name, app)
    venv.create(packages, with_pip=True)
    started = monotonic()
    pip = [
        packages / "bin" / "pip",
        "install",
        "--quiet",
        "--no-cache-dir",
        "-c",
        "constraints.txt",
        "-e",
        f".{extras}",
    ]
    subprocess.run(pip, cwd=app, check=True)
    seconds = monotonic() - started
    for name in re.findall(r"^!(\w+)$", (REPOSITORY / ".dockerignore").read_text(encoding="utf-8"), re.M):
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, app / name, ignore=shutil.ignore_patterns("__pycache__"))
    return seconds


def _flows(role: str) -> list[str]:
    """Return the flows whose deployments the role's worker runs."""
    deployments = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    entrypoints = {each["entrypoint"] for each in deployments if each["work_pool"]["work_queue_name"] == role}
    return sorted(Path(entrypoint.partition(":")[0]).stem for entrypoint in entrypoints)


def _python(packages: Path, app: Path, data: Path, script: str) -> str:
    """Run a script as the image would."""
    environment = os.environ | {"TASADOR_HOME": str(data)}
    command = [packages / "bin" / "python", "-c", script]
    done = subprocess.run(command, cwd=app, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def _libraries(packages: Path) -> list[str]:
    """Return the libraries that the packages want of the system, which a slim image has or has not."""
    found = subprocess.run(["ldd", *_site(packages).rglob("*.so*")], capture_output=True, text=True).stdout
    wanted = re.findall(r"^\t(\S+) => (\S+)", found, re.M)
    return sorted({name for name, where in wanted if not where.startswith(str(packages)) and "not" not in where})


def _largest(packages: Path) -> dict[str, int]:
    sizes = {path.name: round(_bytes(path) / MEGABYTE) for path in _site(packages).iterdir() if path.is_dir()}
    return dict(sorted(sizes.items(), key=lambda item: -item[1])[:5])


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


def _site(packages: Path) -> Path:
    (site,) = packages.glob("lib/python3*/site-packages")
    return site


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
