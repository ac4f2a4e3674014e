"""What the flows' parameters may be, beyond their types: what is wrong is told before any work begins."""

from typing import Annotated

from pydantic import AfterValidator, Field

from crawler.partitions import read_partition
from crawler.sites import read_site


def _known_site(name: str) -> str:
    read_site(name)  # its error names the sites that there are
    return name


# A site of tasador.toml.
SiteName = Annotated[str, AfterValidator(_known_site), Field(description="A site of tasador.toml.")]


def _partition(words: str) -> str:
    read_partition(words)
    return words


# A part of a site's crawl: its number, and into how many the crawl is divided.
PartitionName = Annotated[str, AfterValidator(_partition), Field(description="As 1/4: its number of how many.")]

# Which markets there are says the warehouse, which the steps ask before they work.
Markets = Annotated[list[str], Field(min_length=1, description="All of them where none is named.")]

Days = Annotated[int, Field(ge=1, le=366)]
Backups = Annotated[int, Field(ge=1, description="So many of the newest backups stay.")]
