"""The images, the compose file and the work pools' templates: no engine runs here, so they are linted and compared."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows import PACKAGES

REPOSITORY = Path(__file__).resolve().parents[2]
CONTAINERS = REPOSITORY / "containers"
DOCKERFILE = (CONTAINERS / "Dockerfile").read_text(encoding="utf-8")
SERVICES = yaml.safe_load((CONTAINERS / "compose.yaml").read_text(encoding="utf-8"))["services"]
DEPLOYMENTS = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
ROLES = ("crawl", "score", "train")


def template(kind: str) -> dict[str, Any]:
    return json.loads((CONTAINERS / "pools" / f"{kind}.json").read_text(encoding="utf-8"))


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    done = subprocess.run([hadolint or "hadolint", CONTAINERS / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_scoring_image_installs_no_extra_that_brings_a_framework() -> None:
    stage = DOCKERFILE.split(" AS score-packages\n")[1].split("\nFROM ")[0]
    assert not {"train", "all"} & set(re.findall(r"\w+", re.findall(r'"\.\[(.+)\]"', stage)[0]))


def test_all_that_the_dockerfile_copies_is_let_in() -> None:
    let_in = re.findall(r"^!(\S+)$", (REPOSITORY / ".dockerignore").read_text(encoding="utf-8"), re.M)
    copied = [name for line in re.findall(r"^COPY (?!--)(.+) \./?$", DOCKERFILE, re.M) for name in line.split()]
    assert {"tasador.toml", "constraints.txt"} < set(copied) <= {*let_in, "."}
    assert all((REPOSITORY / name).exists() for name in let_in)


def test_all_that_the_build_puts_beside_the_packages_is_there_when_pip_builds() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    beside = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    (copied,) = re.findall(r"^COPY (?!--)(.+) \./$", DOCKERFILE, re.M)
    assert set(beside) < set(copied.split())


def test_what_our_packages_log_is_in_the_log_of_a_run_that_has_a_container_to_itself() -> None:
    assert f" PREFECT_LOGGING_EXTRA_LOGGERS={','.join(PACKAGES)} " in DOCKERFILE


def test_each_role_has_an_image_and_a_worker_of_its_queue() -> None:
    for role in ROLES:
        assert f"\nFROM role AS {role}\n" in DOCKERFILE
        assert SERVICES[role]["build"]["target"] == role
        assert SERVICES[role]["command"][:5] == ["tasador", "up", "--no-server", "--queue", role]


def test_each_deployment_is_in_a_queue_that_some_role_works_on() -> None:
    assert {each["work_pool"]["work_queue_name"] for each in DEPLOYMENTS} == set(ROLES)


def test_what_trains_runs_where_the_frameworks_are() -> None:
    trains = [each for each in DEPLOYMENTS if "etrain" in each["description"] or each["name"] == "daily"]
    assert {each["work_pool"]["work_queue_name"] for each in trains} == {"train"}


def test_every_service_waits_for_what_it_needs_until_that_is_healthy() -> None:
    waits = {
        (name, to): how["condition"] for name, it in SERVICES.items() for to, how in it.get("depends_on", {}).items()
    }
    for (_, waited_for), condition in waits.items():
        assert condition == "service_healthy" and "healthcheck" in SERVICES[waited_for]
    assert {name for name, _ in waits} == {"server", *ROLES}


def test_no_secret_stands_in_the_compose_file() -> None:
    passwords = [
        value for it in SERVICES.values() for name, value in it.get("environment", {}).items() if "PASSWORD" in name
    ]
    assert passwords
    assert all(value.startswith("${POSTGRES_PASSWORD:?") for value in passwords)


@pytest.mark.parametrize("kind", ["docker", "kubernetes"])
def test_a_template_names_its_variables_and_no_others(kind: str) -> None:
    wanted = re.findall(r"{{ (\w+) }}", json.dumps(template(kind)["job_configuration"]))
    assert set(wanted) == set(template(kind)["variables"]["properties"])


def test_a_job_of_kubernetes_is_none_of_root_and_writes_to_the_data_folder_alone() -> None:
    pod = template("kubernetes")["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsUser"] == int(re.findall(r"^USER (\d+)$", DOCKERFILE, re.M)[0])
    (container,) = pod["containers"]
    assert {each["name"] for each in container["volumeMounts"]} == {each["name"] for each in pod["volumes"]}
    assert container["volumeMounts"][0]["mountPath"] == re.findall(r"^VOLUME (.+)$", DOCKERFILE, re.M)[0]
