"""A listing's payload: what is landed of it."""

from crawler.items import FIELD_NAMES, Listing


def test_payload_has_every_field_that_holds_something_in_the_order_of_the_class() -> None:
    full = Listing(**{name: f"the {name}" for name in FIELD_NAMES}, extra={"deal": "Fair"})
    assert list(full.payload().items()) == [*((name, f"the {name}") for name in FIELD_NAMES), ("extra", full.extra)]


def test_payload_leaves_out_what_is_empty() -> None:
    assert Listing(make="Honda", model="", price=None, extra={}).payload() == {"make": "Honda"}
