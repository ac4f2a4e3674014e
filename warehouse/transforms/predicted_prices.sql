-- one row per live listing scored by its market's champion, or until that has scored by the one before: its prices
with

-- the latest promoted model run that has scored: a promotion alone takes no price from anybody
scorers as (
    select market, arg_max(model_run_id, promoted_at) as model_run_id
    from promotions
    semi join predictions using (model_run_id)
    group by market
),

latest_predictions as (
    select predictions.*
    from predictions
    semi join scorers using (model_run_id)
    qualify row_number() over (
        partition by predictions.model_run_id, predictions.listing_id order by predictions.scored_at desc
    ) = 1
),

joined as (
    select
        listings.listing_id,
        listings.site,
        listings.market,
        listings.vehicle_id,
        listings.url,
        listings.make,
        listings.model,
        listings.trim,
        listings.model_year,
        listings.mileage,
        listings.condition,
        listings.currency,
        listings.asking_price,
        round(latest_predictions.predicted_price, 2) as predicted_price,
        round(latest_predictions.lower, 2) as lower,
        round(latest_predictions.upper, 2) as upper,
        latest_predictions.coverage,
        round(latest_predictions.lower_95, 2) as lower_95,
        round(latest_predictions.upper_95, 2) as upper_95,
        latest_predictions.reason_code,
        round(latest_predictions.typical_price, 2) as typical_price,
        latest_predictions.reasons,
        latest_predictions.model_run_id,
        model_runs.estimator,
        latest_predictions.scored_at
    from listings
    inner join scorers using (market)
    inner join latest_predictions using (model_run_id, listing_id)
    left join model_runs using (model_run_id)
    where listings.status = 'live'
)

select * from joined
