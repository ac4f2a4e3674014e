"""The paired bootstrap, and the gate on simulated challengers whose true worth is known."""

from collections.abc import Iterator

import numpy as np
import pytest

from bench.gate import SCENARIOS, Holdouts, play
from models.gate.checks import holm
from models.gate.paired import PairedErrors, log_errors

ROWS = 2_000


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def holdouts() -> Iterator[Holdouts]:
    return Holdouts()


def errors(random: np.random.Generator, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    shared = np.abs(random.standard_t(4, rows)) * 0.05
    return shared * random.uniform(0.8, 1.1, rows), shared


def test_an_error_is_a_distance_between_logarithms() -> None:
    found = log_errors(np.array([100.0, 200.0]), np.array([110.0, 100.0]))
    assert found == pytest.approx([np.log(1.1), np.log(2)])


def test_the_interval_is_that_of_a_bootstrap_which_draws_vehicles_with_replacement(random) -> None:
    challenger, champion = errors(random)
    found = PairedErrors(challenger, champion, np.arange(ROWS)).compare()
    drawn = random.integers(0, ROWS, (2_000, ROWS))
    ratios = challenger[drawn].mean(axis=1) / champion[drawn].mean(axis=1)
    assert found.ratio == pytest.approx(challenger.mean() / champion.mean())
    spread = ratios.std()
    assert (found.lower, found.upper) == pytest.approx(np.quantile(ratios, (0.025, 0.975)), abs=0.2 * spread)


def test_two_ads_of_one_car_are_no_two_witnesses(random) -> None:
    challenger, champion = errors(random)
    once = PairedErrors(challenger, champion, np.arange(ROWS)).compare()
    twice = [np.tile(values, 2) for values in (challenger, champion, np.arange(ROWS))]
    assert PairedErrors(*twice).compare().upper == pytest.approx(once.upper, abs=1e-5)
    assert PairedErrors(*twice).compare().vehicles == ROWS


def test_the_same_rows_give_the_same_interval_and_another_seed_nearly_the_same(random) -> None:
    challenger, champion = errors(random)
    again = [PairedErrors(challenger, champion, np.arange(ROWS), seed).compare() for seed in (0, 0, 1)]
    assert again[0] == again[1] != again[2]
    assert again[2].upper == pytest.approx(again[0].upper, abs=0.002)


def test_a_group_is_judged_by_its_own_rows(random) -> None:
    challenger, champion = errors(random)
    group = np.arange(ROWS) < 700
    found = PairedErrors(challenger, champion, np.arange(ROWS)).compare(group)
    assert (found.rows, found.vehicles) == (700, 700)
    assert found.ratio == pytest.approx(challenger[group].mean() / champion[group].mean())
    assert found.lower < found.ratio < found.upper


def test_holm_rejects_step_by_step_and_stops_at_the_first_that_stands() -> None:
    assert holm([0.02, 0.001, 0.011, 0.9], level=0.05) == [True, True, True, False]
    assert holm([0.03, 0.001, 0.03, 0.03], level=0.05) == [False, True, False, False]
    assert holm([0.03], level=0.025) == [False]
    assert holm([]) == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_gate_promotes_what_is_truly_better_and_nothing_else(holdouts, scenario) -> None:
    line = play(holdouts, scenario, 20)
    assert line["holds"], line


def test_what_is_simulated_has_the_correlation_and_the_tails_of_real_model_runs(holdouts) -> None:
    likeness = holdouts.truth.likeness
    assert 0.93 < likeness["correlation"] < 0.96
    assert likeness["log_rmse"] / likeness["log_mae"] > 1.3, "that of a normal distribution is 1.25"
