"""What is the matter with a data folder and its machine; nothing is changed, and nobody is waited for."""

from crawler.home import Home
from flows.steps.doctor_folder import examine_files
from flows.steps.doctor_machine import examine_machine
from flows.steps.doctor_warehouse import examine_warehouse
from flows.steps.findings import Finding


def examine(home: Home) -> list[Finding]:
    """Return how everything is that Tasador needs, one finding or more for each thing."""
    return [*examine_machine(home), *examine_warehouse(home), *examine_files(home)]
