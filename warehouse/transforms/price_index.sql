-- one row per market, new or not, and week: what the same kinds of cars ask, 100 in the first week
-- Each week is compared with the one before inside cells, a kind of car and a model year, weighted as least squares
-- would: the adjacent-period time-dummy index (Triplett 2004, OECD Handbook on Hedonic Indexes), chained.
with

described as (
    select
        listing_id,
        market,
        coalesce(condition = 'new', false) as is_new,
        make,
        model,
        model_year,
        case
            when mileage < 10_000 then 0
            when mileage < 30_000 then 10
            when mileage < 60_000 then 30
            when mileage < 100_000 then 60
            when mileage >= 100_000 then 100
        end as mileage_band,
        hash(make, model, trim, fuel_type, drivetrain, mileage_band) as kind,
        last_seen_at
    from listings
    where make is not null and model is not null and model_year is not null
),

-- a listing counts in each week in which it stood, with the last price that it asked there
priced as (
    select
        described.*,
        ln(price_history.asking_price) as log_price,
        date_trunc('week', price_history.asked_from::date)::date as first_week,
        coalesce(
            date_trunc('week', lead(price_history.asked_from) over later::date)::date,
            date_trunc('week', coalesce(price_history.asked_until, described.last_seen_at)::date)::date + 7
        ) as week_after
    from price_history
    inner join described using (listing_id)
    window later as (
        partition by price_history.listing_id order by price_history.asked_from, price_history.asking_price
    )
),

usual as (
    select market, is_new, make, model, model_year, median(log_price) as log_price
    from priced
    group by all
),

-- three times what its like asks, or a third of it, is a slip of the seller's
plausible as (
    select priced.*
    from priced
    inner join usual using (market, is_new, make, model, model_year)
    where first_week < week_after and abs(priced.log_price - usual.log_price) < ln(3)
),

movements as (
    select market, is_new, kind, model_year, first_week as week, 1 as listings, log_price from plausible
    union all
    select market, is_new, kind, model_year, week_after as week, -1 as listings, -log_price from plausible
),

moved as (
    select market, is_new, kind, model_year, week, sum(listings) as listings, sum(log_price) as log_prices
    from movements
    group by market, is_new, kind, model_year, week
),

stocks as (
    select
        market,
        is_new,
        kind,
        model_year,
        week,
        lead(week) over cells as next_week,
        sum(listings) over cells as listings,
        sum(log_prices) over cells as log_prices
    from moved
    window cells as (partition by market, is_new, kind, model_year order by week)
),

weekly as (
    select
        market,
        is_new,
        kind,
        model_year,
        unnest(range(week, next_week, interval 7 days))::date as week,
        listings,
        log_prices / listings as log_price
    from stocks
    where listings > 0
),

weeks as (
    select
        market,
        is_new,
        week,
        lag(week) over (partition by market, is_new order by week) as week_before,
        min(week) over (partition by market, is_new) as first_week
    from (select distinct market, is_new, week from weekly)
),

compared as (
    select
        weekly.market,
        weekly.is_new,
        weekly.week,
        weekly.listings,
        weekly.log_price - before.log_price as change,
        1 / (1 / weekly.listings + 1 / before.listings) as weight
    from weekly
    inner join weeks using (market, is_new, week)
    left join weekly as before
        on weekly.market = before.market
        and weekly.is_new = before.is_new
        and weekly.kind = before.kind
        and weekly.model_year = before.model_year
        and weeks.week_before = before.week
),

links as (
    select
        market,
        is_new,
        week,
        sum(listings)::bigint as listings,
        coalesce(sum(listings) filter (weight is not null), 0)::bigint as compared_listings,
        count(weight) as cells,
        sum(weight * change) / sum(weight) as change
    from compared
    group by market, is_new, week
),

-- what another year of age costs, among cars of one kind and up to ten years
slopes as (
    select market, is_new, regr_sxy(log_price, model_year) as sxy, regr_sxx(log_price, model_year) as sxx, count(*) as n
    from plausible
    where model_year > year(last_seen_at) - 10
    group by market, is_new, kind
),

ageing as (
    select market, is_new, sum(sxy) / sum(sxx) as per_year
    from slopes
    where sxx > 0 and not is_new
    group by market, is_new
    having sum(n) >= 100
),

chained as (
    select
        links.*,
        sum(change) over earlier as log_index,
        -- where nothing links a week to the one before, the chain ends
        count(*) filter (change is null) over earlier = 1 as is_chained,
        (links.week - weeks.first_week) / 365.25 as years
    from links
    inner join weeks using (market, is_new, week)
    window earlier as (partition by market, is_new order by links.week)
),

joined as (
    select
        market,
        is_new,
        week,
        case when is_chained then round(100 * exp(coalesce(log_index, 0)), 2) end as price_index,
        case when is_chained then round(100 * exp(coalesce(log_index, 0) + per_year * years), 2) end as same_age_index,
        cells,
        compared_listings,
        listings
    from chained
    left join ageing using (market, is_new)
)

select * from joined
