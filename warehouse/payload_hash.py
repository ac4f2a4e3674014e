"""The content hash of a payload: what tells whether its words are stored already."""


def payload_hash(payload: str) -> str:
    """Return the SQL of the hash of a row's market and payload, a UUID; ``payload`` is an expression of type JSON."""
    return f"md5(concat_ws('|', currency, distance_unit, {payload}))::uuid"
