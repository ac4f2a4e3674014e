"""Numbers of a listing that contradict what else it says: a denoising autoencoder expects others of such a car.

Knows a table of listings; no estimator of prices and no warehouse.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.predict.distributions import commonest
from models.prepare.outliers import TO_STANDARD_DEVIATION

if TYPE_CHECKING:
    from sklearn.neural_network import MLPRegressor

Floats = npt.NDArray[np.float64]

# What is expected and compared, each with what is added before its logarithm is taken; None: it is taken as it is.
COMPARED: dict[str, float | None] = {
    "asking_price": 0, "model_year": None, "mileage": 10_000, "horsepower": 0, "engine_liters": 0,
}  # fmt: skip
# What only helps to expect.
NUMBERS = (*COMPARED, "cylinders", "doors", "seats", "gears", "fuel_economy_city", "fuel_economy_highway")
WORDS = ("make", "model", "body_style", "fuel_type", "drivetrain", "transmission", "condition")
COLUMNS = ("listing_id", *NUMBERS, *WORDS)

FEWEST_ROWS, MOST_ROWS = 500, 5_000
COMMONEST = 40  # words of each column
COPIES, HIDDEN = 4, 0.3  # how often a row is learned from, and which share of its numbers is hidden each time
EPOCHS = 40
# No number counts as farther from the middle, in scales: a classic car is old, and no contradiction.
CLIP = 6.0
# In robust standard deviations.
FARTHEST = 8.0

SCHEMA: dict[str, type[pl.DataType]] = {
    "listing_id": pl.String, "feature": pl.String, "said": pl.Float64, "expected": pl.Float64, "spreads": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Autoencoder:
    """What a network makes of hidden numbers: centers and scales of NUMBERS, the commonest WORDS, spreads of COMPARED.

    ``usual`` are the positions in COMPARED of what most cars say. It is a denoising autoencoder (Vincent and others
    2008): learned by giving back what was hidden of its input.
    """

    centers: Floats
    scales: Floats
    words: dict[str, list[str]]
    network: "MLPRegressor"
    spreads: Floats
    usual: list[int]

    @classmethod
    def learn(cls, listings: pl.DataFrame, seed: int = 0) -> Self:
        """Learn from FEWEST_ROWS listings or more, with COLUMNS; errors among them do little harm."""
        from sklearn.neural_network import MLPRegressor

        numbers = _numbers(listings)
        low, middle, high = (numbers.quantile(share).fill_null(0).to_numpy()[0] for share in (0.16, 0.5, 0.84))
        # a layer as narrow as a car has properties of its own: size, age, use, luxury
        network = MLPRegressor(hidden_layer_sizes=(48, 12, 48), random_state=seed)
        words = {name: commonest(listings[name].drop_nulls(), COMMONEST) for name in WORDS}
        usual = [number for number, name in enumerate(COMPARED) if numbers[name].null_count() < listings.height / 2]
        scales = np.where(high > low, (high - low) / 2, 1.0)
        learned = cls(middle, scales, words, network, np.ones(len(COMPARED)), usual)
        learned._teach(listings, np.random.default_rng(seed))
        apart = pl.DataFrame(np.abs(learned._apart(listings)[0])).fill_nan(None).median().fill_null(np.inf)
        return replace(learned, spreads=TO_STANDARD_DEVIATION * apart.to_numpy()[0])

    def contradictions(self, listings: pl.DataFrame) -> pl.DataFrame:
        """Return the listings of which a number is FARTHEST spreads or more from what is expected, with SCHEMA.

        Of several such numbers a listing's farthest is told. It need not be the wrong one: a price of a digit too many
        contradicts the engine as the engine does the price.
        """
        apart, expected = self._apart(listings)
        spreads = np.nan_to_num(np.abs(apart) / self.spreads)
        which = spreads.argmax(axis=1)
        rows = np.flatnonzero(spreads.max(axis=1, initial=0) >= FARTHEST)
        found = [
            {
                "listing_id": listings["listing_id"][row],
                "feature": (name := list(COMPARED)[which[row]]),
                "said": listings[name][row],
                "expected": _unlogged(
                    name, self.centers[which[row]] + expected[row, which[row]] * self.scales[which[row]]
                ),
                "spreads": spreads[row, which[row]],
            }
            for row in rows.tolist()
        ]
        return pl.DataFrame(found, schema=SCHEMA)

    def _teach(self, listings: pl.DataFrame, dice: np.random.Generator) -> None:
        scaled, said = self._scaled(listings), self._said(listings)
        hidden = [dice.random(scaled.shape) < HIDDEN for _ in range(COPIES)]
        inputs, targets = (
            np.vstack([_inputs(scaled, said, some) for some in hidden]),
            np.vstack([_known(scaled)] * COPIES),
        )
        for _ in range(EPOCHS):
            self.network.partial_fit(inputs, targets)

    def _apart(self, listings: pl.DataFrame) -> tuple[Floats, Floats]:
        """Return said less expected of COMPARED and what is expected, both in scales and of shape (n, len(COMPARED)).

        The first is NaN where nothing is said.
        """
        scaled, said = self._scaled(listings), self._said(listings)
        expected = np.empty((listings.height, len(COMPARED)))
        for number in range(len(COMPARED)):
            hidden = np.zeros(scaled.shape, bool)
            hidden[:, number] = True
            expected[:, number] = self.network.predict(_inputs(scaled, said, hidden))[:, number]
        compared = scaled[:, : len(COMPARED)]
        apart = np.clip(compared, -CLIP, CLIP) - expected
        # of a car that keeps silent about what the others tell too little can be expected
        apart[np.isnan(compared[:, self.usual]).any(axis=1)] = np.nan
        return apart, expected

    def _scaled(self, listings: pl.DataFrame) -> Floats:
        return np.asarray((_numbers(listings).to_numpy() - self.centers) / self.scales)

    def _said(self, listings: pl.DataFrame) -> Floats:
        is_word = [(pl.col(name) == word).alias(f"{name} {word}") for name in WORDS for word in self.words[name]]
        return listings.select(is_word).fill_null(value=False).cast(pl.Float64).to_numpy()


def _inputs(scaled: Floats, said: Floats, hidden: npt.NDArray[np.bool_]) -> Floats:
    return np.hstack([np.where(hidden, 0, _known(scaled)), hidden | np.isnan(scaled), said], dtype=np.float32)


def _known(scaled: Floats) -> Floats:
    """Return numbers as the network meets them: 0, the middle, where nothing is said, and never far from it."""
    return np.clip(np.nan_to_num(scaled), -CLIP, CLIP)


def _numbers(listings: pl.DataFrame) -> pl.DataFrame:
    numbers = listings.select(pl.col(NUMBERS).cast(pl.Float64))
    logged = [
        pl.when(pl.col(name) + added > 0).then((pl.col(name) + added).log())
        for name, added in COMPARED.items()
        if added is not None
    ]
    return numbers.with_columns(logged)


def _unlogged(name: str, value: float) -> float:
    added = COMPARED[name]
    return value if added is None else float(np.exp(value)) - added
