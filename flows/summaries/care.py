"""What a doctor found, what a backup holds and what a restore brought back, in words."""

from collections.abc import Sequence

from crawler.home import Home
from flows.show import print_lines, print_marked, size
from flows.steps.backup import Backup
from flows.steps.findings import Finding
from flows.steps.restore import Restored
from flows.summaries.landed import tell_refresh

MARKS = {"ok": "✓", "warning": "!", "wrong": "✗"}


def tell_findings(findings: Sequence[Finding]) -> None:
    """Tell what a doctor found, and below it what to do."""
    print_marked((MARKS[finding.state], finding.subject, finding.words, finding.remedy) for finding in findings)


def tell_backup(backup: Backup) -> None:
    """Tell where a backup lies and what is in no part of it."""
    print_lines([f"{backup.path}  {size(backup.size)}, {len(backup.manifest.files):,} files"])
    if backup.left_out:
        print_lines(
            [f"{backup.left_out:,} landing files are not loaded, and not in it: `tasador refresh` first, or --landing"]
        )


def tell_restored(home: Home, restored: Restored) -> None:
    """Tell what a restore brought back, and what is left to do by hand."""
    manifest = restored.manifest
    print_lines([f"{len(manifest.files):,} files of {manifest.created_at[:19]} UTC are back in {home.root}"])
    if restored.replaced:
        print_lines([f"What stood there lies in {restored.replaced}: delete it when you do not miss it"])
    if (home.root / "tasador.toml").exists():
        print_lines([f"The tasador.toml of that day is {home.root}/tasador.toml: copy from it what yours lacks"])
    tell_refresh(restored.refreshed)
