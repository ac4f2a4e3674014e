"""`tasador doctor`: what is the matter, and what to do."""

import json
import sys
from dataclasses import asdict

import click

from crawler.home import Home


@click.command()
@click.option("--fix", is_flag=True, help="Remove temporary files that killed processes left, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for another program.")
@click.pass_obj
def doctor(home: Home, fix: bool, as_json: bool) -> None:
    """Say what is the matter, and what to do.

    Looks at the machine, the configuration and the data folder, and changes nothing. Exit code 1 where something is
    wrong; a warning is none.

    Example: tasador doctor
    """
    from flows.steps.doctor import examine
    from flows.steps.doctor_folder import remove_leftovers
    from flows.summaries.care import tell_findings

    for path in remove_leftovers(home) if fix else ():
        click.echo(f"removed {path}", err=as_json)
    findings = examine(home)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        tell_findings(findings)
    sys.exit(any(finding.state == "wrong" for finding in findings))
