"""What the demo market served: which cars at least once whole and right, and which addresses it broke, and how."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from crawler.demo_market.answer import Answer


class Served:
    """The market's own account, against which what a crawl landed can be reconciled."""

    def __init__(self) -> None:
        self.shown: dict[str, set[str]] = {"cards": set(), "details": set()}
        self.targets: set[str] = set()
        self.struck: dict[str, list[str]] = defaultdict(list)

    def count(self, answer: Answer, target: str) -> None:
        """Count a page that was sent as it should be."""
        if answer.ids:
            self.shown[answer.shows].update(answer.ids)
            self.targets.add(target)

    def count_fault(self, kind: str, target: str) -> None:
        """Count a page that was struck; a slow one is counted by ``count`` too, when it is through."""
        self.struck[kind].append(target)

    def account(self, live: Iterable[str]) -> dict[str, Any]:
        """Return the ids and addresses served right at least once, today's ids that were not, and each strike."""
        live = list(live)
        never = {f"never_{shows}": [name for name in live if name not in ids] for shows, ids in self.shown.items()}
        right = {shows: sorted(ids) for shows, ids in self.shown.items()} | {"addresses": sorted(self.targets)}
        return right | never | {"struck": self.struck}
