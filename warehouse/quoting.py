"""Text inside SQL, where a statement takes no parameters: a path to attach, a market in a table's definition."""


def quoted(text: object) -> str:
    """Return a text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return the name of a table or column as SQL has it, whatever its characters are."""
    return '"' + name.replace('"', '""') + '"'
