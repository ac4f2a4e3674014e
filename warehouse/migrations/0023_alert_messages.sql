-- What alerts found and what became of telling it; a row is one match for one address, and is never made again.

create table alert_messages (
    alert varchar,
    listing_id varchar,
    asking_price double,
    address varchar,        -- a hash of the address as tasador.toml has it: addresses may hold secrets
    body varchar,           -- JSON: the listing as it was found; null once it is sent
    state varchar,          -- pending, sending, sent, or unsure: it may have arrived and is not sent again
    attempts bigint,
    failure varchar,        -- why it was not sent
    found_at timestamptz,
    state_at timestamptz
);
