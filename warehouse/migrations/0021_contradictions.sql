-- What live listings say of themselves that does not go together, as the last scoring of their market found it.

create table contradictions (
    market varchar,
    listing_id varchar,
    feature varchar,
    said double,
    expected double,        -- from what else the listing says
    spreads double          -- how many standard deviations the two are apart
);
