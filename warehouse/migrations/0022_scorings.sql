-- What each scoring saw, so that the next scores only what has changed.

-- Of all that a prediction is made of; null where it was made before this was kept: it is made again.
alter table predictions add column listing_hash ubigint;

create table scorings (
    market varchar,
    model_run_id varchar,
    scored_at timestamptz,
    listings bigint,        -- how many were scored: those that were new or had changed
    offers_hash hugeint     -- of what its comparables were found among
);
