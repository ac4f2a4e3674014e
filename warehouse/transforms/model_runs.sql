-- one row per trained model: what it learned from, how well it predicts, and why and when it was live or not
with

-- as its market's champion; each ends with the next promotion there
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
),

joined as (
    select recorded_model_runs.*, last_reigns.champion_from, last_reigns.champion_to
    from recorded_model_runs
    left join last_reigns using (market, model_run_id)
)

select * from joined
