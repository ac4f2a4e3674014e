"""Best deals: live listings that ask much less than is predicted for them, with the reasons of the prediction."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from flows.report.blocks import Block, Cell, Figure, Section, Table
from flows.report.charts import COLORS, figure
from flows.report.source import Source
from flows.report.words import UNKNOWN, car, count, number, share

SHOWN = 20

# One listing of a vehicle, the cheapest; none that something makes doubtful.
BEST = """
select deals.*, predicted_prices.typical_price, predicted_prices.reasons
from deals
inner join predicted_prices using (listing_id)
anti join suspicious_listings using (listing_id)
where deals.market = $market and deals.rating in ('great_deal', 'good_deal')
qualify row_number() over (partition by deals.vehicle_id order by deals.asking_price) = 1
order by deals.above_predicted_share, deals.listing_id
limit $shown
"""

RATINGS = """
select rating, count(*) as listings
from deals
where market = $market
group by rating
"""

WORDS = {
    "great_deal": "great deal",
    "good_deal": "good deal",
    "fair": "fair",
    "high": "high",
    "overpriced": "overpriced",
    "no_rating": "no rating",
}
# From good to bad; what is not rated is grey.
RATING_COLORS = ("var(--color-3)", COLORS[0], "var(--color-6)", "var(--color-5)", "var(--color-2)", "var(--line)")

COLUMNS = ("Car", "Asks", "Predicted", "Below", "Range", "Miles", "Days", "How it is predicted")


def _blocks(source: Source) -> Sequence[Block]:
    ratings = _ratings(source)
    best = source.read(BEST, shown=SHOWN).to_dicts()
    rows = [_row(deal) for deal in best]
    return [Table(f"The {len(best)} that ask least, of what they should ({source.currency})", COLUMNS, rows), ratings]


def _ratings(source: Source) -> Figure:
    counts = dict(source.read(RATINGS).iter_rows())
    rows = [{"rating": words, "listings": counts.get(rating, 0)} for rating, words in WORDS.items()]
    scale = alt.Scale(domain=list(WORDS.values()), range=list(RATING_COLORS))
    chart = alt.Chart(alt.Data(values=rows)).mark_bar().encode(
        y=alt.Y("rating:N", sort=None, title=None),
        x=alt.X("listings:Q", title="live listings"),
        color=alt.Color("rating:N", scale=scale, legend=None),
    )  # fmt: skip
    told = ", ".join(f"{row['rating']} {row['listings']:,}" for row in rows)
    return figure(chart, "Ratings (live listings)", f"Live listings by rating: {told}.", rows=len(rows))


def _row(deal: dict[str, Any]) -> list[Cell]:
    return [
        car(deal),
        number(count(deal["asking_price"])),
        number(count(deal["predicted_price"])),
        number(share(-deal["above_predicted_share"])),
        number(f"{count(deal['lower'])}\u2013{count(deal['upper'])}"),
        number(count(deal["mileage"])),
        number(count(deal["days_on_market"])),
        Cell(_why(deal)),
    ]


def _why(deal: dict[str, Any]) -> str:
    """Return where the predicted price starts and what moves it from there, farthest first."""
    if deal["typical_price"] is None:
        return UNKNOWN
    moved = [f"{reason['reason']} {reason['amount']:+,.0f}" for reason in deal["reasons"] or ()]
    return ", ".join([f"a typical car {count(deal['typical_price'])}", *moved])


SECTION = Section(
    "deals",
    "Best deals",
    "Live listings that ask least of what the model predicts for them. Predicted by members that never saw the car; "
    "the range holds the stated share of such asking prices. A reason to look at the car, not to buy it unseen.",
    _blocks,
)
