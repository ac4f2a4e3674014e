-- one row per market, make, model and age in whole years: what its cars that are not new ask, beside younger ones
-- Each vehicle once, as last seen, if it is live or went within the year. Fewer than five have no median.
with

latest as (
    select market, max(last_seen_at) as seen_at
    from vehicles
    group by market
),

aged as (
    select
        vehicles.market,
        vehicles.make,
        vehicles.model,
        greatest(year(vehicles.last_seen_at) - vehicles.model_year, 0)::integer as age_years,
        vehicles.asking_price,
        vehicles.currency,
        vehicles.listings
    from vehicles
    inner join latest using (market)
    where vehicles.condition is distinct from 'new'
        and vehicles.asking_price is not null
        and vehicles.make is not null
        and vehicles.model is not null
        and vehicles.model_year is not null
        and (vehicles.status = 'live' or vehicles.last_seen_at > latest.seen_at - interval 1 year)
),

counted as (
    select
        market,
        make,
        model,
        age_years,
        any_value(currency) as currency,
        count(*) as vehicles,
        sum(listings)::bigint as listings,
        quantile_cont(asking_price, [0.25, 0.5, 0.75]) as quartiles
    from aged
    group by market, make, model, age_years
),

stated as (
    select
        * exclude (quartiles),
        case when vehicles >= 5 then quartiles[2] end as median_price,
        case when vehicles >= 5 then quartiles[1] end as lower_quartile,
        case when vehicles >= 5 then quartiles[3] end as upper_quartile
    from counted
),

joined as (
    select
        *,
        min(age_years) filter (median_price is not null) over models as youngest_age,
        median_price / arg_min(median_price, age_years) filter (median_price is not null) over models as retained_share
    from stated
    window models as (partition by market, make, model)
)

select * from joined
