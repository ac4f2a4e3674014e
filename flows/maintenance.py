"""The maintenance flow: back up, remove what is old or was left over, give free space back."""

from crawler.home import Home, home
from flows.operations.artifacts import leave_path, leave_table
from flows.operations.parameters import Backups
from flows.operations.stations import HOUR, station
from flows.operations.superseded import scheduled_flow
from flows.show import size
from flows.steps.backup import back_up
from flows.steps.doctor_folder import remove_leftovers
from flows.steps.maintain import compact, remove_old_backups


@station("backup")
def backup_task(data: Home, kept: int) -> None:
    """Write a backup; then, not before, remove the oldest ones."""
    done = back_up(data)
    removed = remove_old_backups(data, kept)
    words = f"{size(done.size)}, {len(done.manifest.files):,} files; {len(removed)} older backups removed"
    leave_path("backup", done.path, words)


@station("compact")
def compact_task(data: Home) -> None:
    """Remove what killed processes left, and build the warehouse anew without its free blocks."""
    left = remove_leftovers(data)
    done = compact(data)
    sizes = {"warehouse before": done.before, "warehouse after": done.after}
    rows = [{"what": what, "bytes": count} for what, count in sizes.items()]
    leave_table("compaction", rows, f"{len(left)} temporary files of killed processes removed")


@scheduled_flow(timeout_seconds=12 * HOUR)
def maintenance(kept_backups: Backups = 7) -> None:
    """Back up, keep the ``kept_backups`` newest backups, remove leftovers, compact the warehouse."""
    data = home()
    backup_task(data, kept_backups)
    compact_task(data)
