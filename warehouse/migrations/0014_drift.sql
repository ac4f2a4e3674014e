-- How far the listings of each scoring are from what their model run was trained on.

create table drift (
    market varchar,
    model_run_id varchar,
    scored_at timestamptz,
    feature varchar,
    measure varchar,            -- psi, missing or new_words
    training_share double,      -- of missing and new_words, as share
    share double,
    drift double,
    chance double,
    level varchar               -- steady, warn or stop
);
