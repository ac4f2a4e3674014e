-- one row per live listing that its market's champion has scored: what it asks and what it is predicted to ask
with

latest_predictions as (
    select predictions.*
    from predictions
    inner join champions using (model_run_id)
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
        latest_predictions.model_run_id,
        model_runs.estimator,
        latest_predictions.scored_at
    from listings
    inner join champions using (market)
    inner join latest_predictions using (model_run_id, listing_id)
    left join model_runs using (model_run_id)
    where listings.status = 'live'
)

select * from joined
