"""Secrets are put out of texts, wherever in an address, an error or a connection string they stand."""

import io
import logging

import pytest

from crawler.masking import mask_logs, masked

SECRET = "s3cr3t/Zürich&1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://me:pass@h.example/x@y", "https://me:***@h.example/x@y"),
        ("postgresql://me:pa@ss@h.example/db", "postgresql://me:***@h.example/db"),
        ("https://ghp_12345@h.example/x", "https://***@h.example/x"),
        ("GET https://h.example/?api_key=abc&sort=x failed", "GET https://h.example/?api_key=***&sort=x failed"),
        ("https://h.example/?key=abc&X-Amz-Signature=def", "https://h.example/?key=***&X-Amz-Signature=***"),
        ("ducklake:postgres:host=db password=abc user=me", "ducklake:postgres:host=db password=*** user=me"),
        (r"password = 'it\'s a b' user=me", "password = *** user=me"),
        ("{'Authorization': 'Bearer abc.def'}", "{'Authorization': 'Bearer ***'}"),
    ],
)  # fmt: skip
def test_credentials_are_put_out_of_addresses_and_connection_strings(text: str, told: str) -> None:
    assert masked(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "https://cars.example/list?make=Honda&keyword=key&page=2",
        "seller@cars.example wrote to https://cars.example/@honda",
        "at 12:30 the key of the table is listing_id",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


def test_secrets_of_the_environment_are_put_out_also_where_an_address_encodes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", SECRET)
    monkeypatch.setenv("FEATURE_KEY", "on")
    told = masked(f"on: {SECRET} and https://h.example/hook/s3cr3t%2FZ%C3%BCrich%261/x")
    assert told == "on: *** and https://h.example/hook/***/x"


def test_no_log_record_holds_a_secret_in_message_or_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", SECRET)
    mask_logs()
    stream, logger = io.StringIO(), logging.getLogger("a library's")
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    try:
        raise ValueError(f"refused: {SECRET}")
    except ValueError:
        logger.exception("not sent to %s", "mailto://me:abc@h.example")
    logger.removeHandler(handler)
    lines = stream.getvalue().splitlines()
    assert (lines[0], lines[-1]) == ("not sent to mailto://me:***@h.example", "ValueError: refused: ***")
