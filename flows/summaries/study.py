"""What a study showed: the variants side by side, and what they say of the chosen images."""

import polars as pl

from flows.show import print_lines, print_table
from flows.steps.study import Studied

NAMED = ("variant", "framework")
COSTS = ("parameters", "seconds", "cpu_seconds", "peak_mb", "install_mb")
# What stands in results.csv alone, so that a table is not wider than a terminal.
NOT_SHOWN = {"classification": ("kept",), "regression": ("kept", "rmse")}


def tell_study(studied: Studied) -> None:
    """Tell the figures of each variant, the answers for the chosen rows, what failed, and where everything lies."""
    study = studied.study
    scores = studied.figures.drop(*COSTS, *NOT_SHOWN[study.task])
    print_table(scores, f"{study.name}: {study.task}, as of the epoch whose weights are kept")
    print_table(studied.figures.select(*NAMED, *COSTS), "What they cost")
    if studied.probabilities.height:
        print_table(_answers(studied.probabilities), "What they say of the chosen rows")
    print_lines(f"{variant}: {why}" for variant, why in studied.failures.items())
    print_lines([f"Tables and curves: {studied.folder}"])


def _answers(probabilities: pl.DataFrame) -> pl.DataFrame:
    """Return for each variant and row the most probable class and its probability, and that of the true one."""
    rows = []
    for row in probabilities.iter_rows(named=True):
        variant, framework, number, shows = (row.pop(name) for name in ("variant", "framework", "row", "shows"))
        says = max(row, key=lambda name: row[name])
        rows.append(
            {
                "variant": variant,
                "framework": framework,
                "row": str(number),
                "shows": shows,
                "says": f"{says} {row[says]:.1%}",
                "gives_the_true_one": f"{row[shows]:.1%}",
            }
        )
    return pl.DataFrame(rows)
