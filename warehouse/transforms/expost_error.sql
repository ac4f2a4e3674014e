-- one row per market, model run and week: listings that went then, their last asking prices against what was predicted
with

-- the one that stood when the listing went; made by members that never saw the car, as all are
last_predictions as (
    select
        listing_id,
        arg_max(model_run_id, scored_at) as model_run_id,
        arg_max(predicted_price, scored_at) as predicted_price,
        arg_max(lower, scored_at) as lower,
        arg_max(upper, scored_at) as upper
    from predictions
    group by listing_id
),

gone as (
    select
        listings.market,
        last_predictions.model_run_id,
        date_trunc('week', listings.last_seen_at)::date as gone_week,
        listings.asking_price,
        last_predictions.predicted_price / listings.asking_price as ratio,
        listings.asking_price between last_predictions.lower and last_predictions.upper as is_in_range
    from listings
    inner join last_predictions using (listing_id)
    where listings.status = 'gone' and listings.asking_price > 0
),

weeks as (
    select
        market,
        model_run_id,
        gone_week,
        count(*) as gone_listings,
        -- rounded: the last digits of a mean depend on the order in which threads add up
        round(avg(abs(ratio - 1) * asking_price), 2) as expost_mae,
        round(median(abs(ratio - 1)), 6) as expost_mdape,
        round(avg(abs(ln(ratio))), 6) as expost_log_mae,
        round(median(ratio), 6) as expost_median_ratio,
        round(avg(is_in_range::integer), 6) as expost_coverage
    from gone
    group by all
),

joined as (
    select weeks.*, model_runs.mdape
    from weeks
    left join model_runs using (market, model_run_id)
)

select * from joined
