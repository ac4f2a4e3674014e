-- What tuning tried, one row per trial; forgetting a tuning deletes its rows.

create table tuning_trials (
    market varchar,
    estimator varchar,
    snapshot_sha256 varchar,
    trial bigint,           -- from 1, of the estimator on this snapshot
    params varchar,         -- JSON
    value double,
    fold_values double[],
    state varchar,          -- complete, pruned or failed
    seconds double,
    tuned_at timestamptz
);
