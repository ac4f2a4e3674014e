-- What ran, whoever started it: one row per run of a station, loaded from the journal when it has ended.

create table ops_runs (
    ops_run_id varchar,     -- sorts by when the run began
    station varchar,
    subject varchar,        -- the site or market; null where it works on all
    started_at timestamptz,
    finished_at timestamptz,
    seconds double,
    outcome varchar,        -- succeeded, failed or died
    error varchar,
    crawl_run_id varchar,
    model_run_id varchar,
    rows bigint,
    flow_run_id varchar,    -- of Prefect
    host varchar,
    version varchar
);
