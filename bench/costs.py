"""What one crawl costs, ours or a bare one: pages, wall seconds, CPU seconds and peak memory of its process."""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context

from crawler.process import crawl
from crawler.sites import Site


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one crawl; ``seconds`` leave out the start of the process, ``cpu_seconds`` (user and system) do not."""

    pages: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def pages_per_second(self) -> float:
        """How fast it went, on this machine with whatever else it was doing."""
        return self.pages / self.seconds

    def cpu_ms_per_page(self, start: float) -> float:
        """What a page took of a processor, where the process took ``start`` seconds of one before its first page."""
        return 1000 * (self.cpu_seconds - start) / self.pages


def ours(site: Site) -> Cost:
    """Crawl the site as `tasador crawl` does, into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as landing:
        manifest = crawl(site, landing)
        if manifest.finish_reason != "finished" or manifest.rejects:
            raise RuntimeError(f"the crawl was not clean: {manifest}")
    return _cost(manifest.stats["responses"], manifest.stats["seconds"])


def bare(site: Site, urls: Sequence[str]) -> Cost:
    """Download the same pages with the same settings, and keep nothing."""
    with tempfile.NamedTemporaryFile("w") as urls_file:
        urls_file.write("\n".join(urls))
        urls_file.flush()
        command = [sys.executable, "-m", "bench.bare", urls_file.name, json.dumps(asdict(site))]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    said = json.loads(done.stdout)
    return _cost(said["pages"], said["seconds"])


def side_by_side(*crawls: Callable[[], Cost]) -> list[Cost]:
    """Run crawls at once, each below a process of its own, whose only child is the crawl."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(len(crawls), mp_context=spawn, max_tasks_per_child=1) as pool:
        return [future.result() for future in [pool.submit(one) for one in crawls]]


def _cost(pages: int, seconds: float) -> Cost:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(pages, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
