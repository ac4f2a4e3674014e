-- What the derived tables are made of, and what payloads meant before a better parser.

-- A payload meant this until replaced_at; what it means now stands in parsed_listings.
create table parsed_listings_past as select *, null::timestamptz as replaced_at from parsed_listings where false;

create table refreshed_files (
    file varchar            -- of landing_files: the derived tables hold what was loaded from it
);

-- One row: the hash of the queries that the derived tables were made by; other queries make them all anew.
create table derivations (
    sha256 varchar
);

-- Added up by transforms/presence.sql, refresh by refresh.
create table presence (
    listing_id varchar,
    first_seen_at timestamptz,
    first_crawl_run_id varchar,
    last_seen_at timestamptz,
    last_crawl_run_id varchar,
    scraped_at timestamptz  -- last read, not only seen
);
