"""`tasador study`: a table of network variants, side by side."""

from pathlib import Path

import click

from crawler.home import Home


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def study(home: Home, file: Path) -> None:
    """Train the network variants of a study file.

    One after another, each in a process of its own: on listings or on images. docs/study.md explains the file.

    Example: tasador study studies/fashion_mnist.toml
    """
    from flows.progress import step
    from flows.steps.study import study as study_step
    from flows.summaries.study import tell_study

    with step(f"Studying {file}") as update:
        studied = study_step(home, file, on_progress=update)
    tell_study(studied)
