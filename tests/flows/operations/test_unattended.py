"""What makes a run unattended, without a server: who is told, and what is tried again."""

from pathlib import Path

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock, SlackWebhook
from prefect.states import Failed

from crawler.errors import AwayError, InUseError, TasadorError, UsageError
from crawler.home import Home
from flows.alerting.settings import read_notified
from flows.operations.automations import notification_block
from flows.operations.stations import is_waited_for
from flows.steps.maintain import remove_old_backups


def notified(folder: Path, table: str) -> tuple[str, ...]:
    path = folder / "tasador.toml"
    path.write_text(table)
    return read_notified(path)


def test_nobody_is_told_where_the_configuration_says_nothing(tmp_path: Path) -> None:
    assert notified(tmp_path, "") == ()


def test_addresses_are_read_as_written(tmp_path: Path) -> None:
    table = '[notify]\nto = ["https://hooks.test/$TOKEN", "mailto://me@cars.test", "https://hooks.test/$TOKEN"]'
    assert notified(tmp_path, table) == ("https://hooks.test/$TOKEN", "mailto://me@cars.test")


@pytest.mark.parametrize("table", ['notify = "x"', "[notify]", '[notify]\nto = "file:x"', '[notify]\nto = ["p4ss"]'])
def test_what_is_no_address_is_refused_and_not_shown(table: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="notify must have `to` alone") as refused:
        notified(tmp_path, table)
    assert "p4ss" not in str(refused.value)


def test_a_webhook_s_whole_address_is_a_secret() -> None:
    block = notification_block("https://hooks.test/s3cret")
    assert isinstance(block, CustomWebhookNotificationBlock)
    assert "s3cret" not in repr(block)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it with SMTP
def test_any_other_address_is_apprise_s() -> None:
    assert isinstance(notification_block("mailto://user:s3cret@cars.test"), SlackWebhook)
    with pytest.raises(UsageError, match="must be one that Apprise knows"):
        notification_block("nothing://cars.test")


@pytest.mark.parametrize(("error", "again"), [(InUseError(), True), (AwayError(), True), (TasadorError(), False)])
def test_a_station_is_tried_again_only_while_it_is_in_use_or_its_database_is_away(
    error: TasadorError, again: bool
) -> None:
    assert is_waited_for(None, None, Failed(data=error)) is again


def test_the_newest_backups_stay(tmp_path: Path) -> None:
    names = [f"tasador-2026010{day}T010000Z.tar.zst" for day in range(1, 6)]
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in (*names, "mine.tar.zst"):
        (folder / name).touch()
    assert [path.name for path in remove_old_backups(Home(tmp_path), 2)] == names[:3]
    assert sorted(path.name for path in folder.iterdir()) == ["mine.tar.zst", *names[3:]]
