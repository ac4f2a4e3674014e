"""`tasador compact`: the warehouse without its free blocks."""

import click

from crawler.home import Home


@click.command()
@click.pass_obj
def compact(home: Home) -> None:
    """Give free space of the warehouse back.

    What was replaced or deleted stays in the file as free blocks; it is built anew without them. `tasador doctor` says
    when that is worth it. Needs as much free disk as the warehouse takes afterwards.

    Example: tasador compact
    """
    from flows.progress import step
    from flows.show import size
    from flows.steps.maintain import compact as compact_step

    with step("Compacting the warehouse"):
        done = compact_step(home)
    click.echo(f"{size(done.before)} before, {size(done.after)} after")
