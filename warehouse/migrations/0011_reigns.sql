-- A model run says when it was last its market's champion, and since when it is retired.

create table reigning_model_runs as
with

reigns as (
    select
        market,
        model_run_id,
        promoted_at as champion_from,
        lead(promoted_at) over (partition by market order by promoted_at) as champion_to
    from promotions
),

last_reigns as (
    from reigns
    qualify row_number() over (partition by market, model_run_id order by champion_from desc) = 1
)

select
    model_runs.*,
    last_reigns.champion_from,
    last_reigns.champion_to,    -- null while it is the champion
    null::timestamptz as retired_at
from model_runs
left join last_reigns using (market, model_run_id);

drop table model_runs;

alter table reigning_model_runs rename to model_runs;
