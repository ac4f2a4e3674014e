"""Text inside SQL, where a statement takes no parameters: a path to attach, a market in a table's definition."""


def quoted(text: object) -> str:
    """Return a text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"
