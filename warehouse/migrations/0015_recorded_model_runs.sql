-- What was recorded of a model run, and how well it predicts which cars. model_runs is derived of it from now on.

create table recorded_model_runs as
select
    * exclude (champion_from, champion_to),
    from_json(manifest::json -> 'features', '["varchar"]') as features,
    (manifest::json -> 'parameters')::varchar as parameters,    -- JSON
    manifest::json -> 'versions' ->> 'tasador' as code_version
from model_runs;

create table model_metrics (
    model_run_id varchar,
    segment varchar,
    segment_value varchar,
    segment_rows bigint,
    metric varchar,
    estimate double,
    estimate_lower double,
    estimate_upper double
);
