"""`tasador retrain` tells of a column that knows the price."""

from pathlib import Path

import pytest

from crawler.home import home
from flows.steps.import_table import import_table, open_source
from flows.steps.retrain import retrain
from flows.summaries.trained import tell_retrained
from models.train import training


def test_a_retraining_tells_of_a_column_that_knows_the_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "MINIMUM_ROWS_TO_LEARN", 10_000)  # the baseline alone
    prices = [5_000 + 37 * (number * 7_919 % 400) for number in range(400)]
    # the "power" of these cars is what they cost
    rows = [f"{number},Kia,Rio,2015,{price},{price // 50}" for number, price in enumerate(prices)]
    table = tmp_path / "cars.csv"
    table.write_text("\n".join(["id,make,model,year,price,horsepower", *rows]))
    data = home(tmp_path / "data")
    source = open_source(data, table, site="cars", currency="USD", distance_unit="mi")
    import_table(data, source)
    tell_retrained(retrain(data, source.site.market.name))
    assert "Suspicious feature: horsepower alone explains" in capsys.readouterr().out
