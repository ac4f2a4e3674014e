-- What was trained, what went live and what it predicted, append-only.

create table model_runs (
    model_run_id varchar,
    market varchar,
    estimator varchar,
    trained_at timestamptz,
    snapshot_path varchar,
    snapshot_sha256 varchar,
    rows bigint,
    holdout_rows bigint,
    r2 double,
    rmse double,
    mae double,
    mdape double,
    log_rmse double,
    seconds double,
    verdict varchar,
    verdict_reason varchar,
    manifest varchar        -- JSON
);

-- A market's champion is its latest promotion.
create table promotions (
    market varchar,
    model_run_id varchar,
    reason varchar,
    promoted_at timestamptz
);

create table predictions (
    model_run_id varchar,
    listing_id varchar,
    predicted_price double,
    lower double,
    upper double,
    coverage double,
    scored_at timestamptz
);
