-- What has landed, append-only: one row per file, manifest, landed line and distinct payload.

create table landing_files (
    file varchar,           -- below the landing folder: site/crawl_run_id/part-00000.jsonl.zst or manifest.json
    status varchar,         -- loaded or corrupt; a corrupt file that is restored later gets a second row
    reason varchar,
    rows bigint,
    loaded_at timestamptz
);

create table manifests (
    crawl_run_id varchar,
    site varchar,
    market varchar,
    started_at timestamptz,
    finished_at timestamptz,
    finish_reason varchar,
    is_complete boolean,
    scope varchar[],
    rows bigint,
    parts bigint,
    rejects bigint,
    stats varchar,          -- JSON
    loaded_at timestamptz
);

create table observations (
    listing_id varchar,
    site varchar,
    market varchar,
    crawl_run_id varchar,
    scraped_at timestamptz,
    loaded_at timestamptz,
    kind varchar,           -- price, or presence: it says only that the listing is there
    page varchar,
    payload_hash varchar,   -- null for presence
    file varchar,
    line_number bigint
);

create table payloads (
    payload_hash varchar,   -- of everything below
    currency varchar,       -- the market's
    distance_unit varchar,  -- the market's
    payload varchar         -- JSON, in the page's words
);

create table crawl_rejects (
    site varchar,
    market varchar,
    crawl_run_id varchar,
    scraped_at timestamptz,
    loaded_at timestamptz,
    reject_reason varchar,
    url varchar,
    detail varchar,
    file varchar,
    line_number bigint
);
