"""Which live listings of a market contradict themselves: learned anew and looked for at each scoring."""

from pathlib import Path

import polars as pl

from crawler.home import Home
from models.predict.batches import batches_of
from models.predict.contradictions import COLUMNS, FEWEST_ROWS, MOST_ROWS, SCHEMA, Autoencoder
from warehouse.connection import connect
from warehouse.reading import copy_live
from warehouse.writing import write_contradictions

FILE = "live.parquet"


def find_contradictions(home: Home, market: str, files: Path) -> int:
    """Write the contradictions among a market's live listings in place of those before; return how many there are.

    Of fewer than FEWEST_ROWS listings nothing is learned, and there are none. A file is left in the folder ``files``.
    """
    with connect(home) as connection:
        count = copy_live(connection, market, COLUMNS, files / FILE)
    found = [pl.DataFrame(schema=SCHEMA)]
    if count >= FEWEST_ROWS:
        autoencoder = Autoencoder.learn(pl.scan_parquet(files / FILE).head(MOST_ROWS).collect())
        found += [autoencoder.contradictions(batch) for batch in batches_of(files / FILE)]
    contradictions = pl.concat(found)
    with connect(home) as connection:
        write_contradictions(connection, contradictions, market)
    return contradictions.height
