-- one row per live listing: its asking price against the predicted one, rated in five steps, or why it is not rated
-- Where a price stands is told in ranges: 0 at predicted_price, -1 at lower, 1 at upper. docs/deals.md says why.
with

live as not materialized (
    from listings
    where status = 'live'
),

-- most listings were predicted once and never changed their price: all that is known of them is the present
changed as (
    select listing_id
    from predictions
    semi join live using (listing_id)
    group by listing_id
    having count(*) > 1

    union distinct

    select listing_id
    from asking_prices
    semi join live using (listing_id)
    where old_price is not null
),

-- when what is asked or predicted changed
moments as (
    select listing_id, scored_at as rated_at
    from predictions
    semi join changed using (listing_id)
    where reason_code is null

    union distinct

    select listing_id, asked_from as rated_at
    from asking_prices
    semi join changed using (listing_id)
    where old_price is not null
),

past as (
    select
        moments.listing_id,
        moments.rated_at,
        asking_prices.asking_price,
        predictions.predicted_price,
        predictions.lower,
        predictions.upper
    from moments
    asof inner join predictions
        on moments.listing_id = predictions.listing_id and moments.rated_at >= predictions.scored_at
    asof inner join asking_prices
        on moments.listing_id = asking_prices.listing_id and moments.rated_at >= asking_prices.asked_from
    where predictions.reason_code is null
),

present as (
    select
        listing_id,
        scored_at as rated_at,
        asking_price,
        predicted_price,
        lower,
        upper
    from predicted_prices
    where reason_code is null and asking_price is not null
),

asked as (
    select *, false as is_present
    from past

    union all by name

    select *, true as is_present
    from present
),

-- an end of the range that is nearer than 2 % counts as 2 % away: by that much sellers round
positions as (
    select
        listing_id,
        rated_at,
        is_present,
        ln(asking_price / predicted_price) / greatest(
            ln(if(asking_price < predicted_price, predicted_price / lower, upper / predicted_price)), 0.02
        ) as range_position
    from asked
    where lower < upper
),

steps as (
    select
        *,
        1 + (range_position > -1)::integer + (range_position > -0.4)::integer
        + (range_position > 0.4)::integer + (range_position > 1)::integer as step
    from positions
    -- as far off as what models call a suspicious price: it may be asked since they looked
    where abs(range_position) <= 8
),

-- each listing's steps in their order, the present last
histories as (
    select
        listing_id,
        list_sort(
            list({'is_present': is_present, 'rated_at': rated_at, 'step': step, 'position': range_position})
        ) as history
    from steps
    group by listing_id
),

-- the rating before stays while the price is less than 0.2 beyond the edges of its step
rated as (
    select
        listing_id,
        history[-1].position as range_position,
        history[-1].is_present as is_rated,
        list_reduce(
            history,
            lambda before, after: if(
                after.position >= [-8.0, -1.0, -0.4, 0.4, 1.0][before.step] - 0.2
                and after.position <= [-1.0, -0.4, 0.4, 1.0, 8.0][before.step] + 0.2,
                before,
                after
            )
        ) as given
    from histories
),

scored_markets as (
    select distinct market
    from predicted_prices
),

judged as (
    select
        live.*,
        predicted_prices.predicted_price,
        predicted_prices.lower,
        predicted_prices.upper,
        predicted_prices.model_run_id,
        predicted_prices.estimator,
        predicted_prices.scored_at,
        case when rated.is_rated then rated.range_position end as range_position,
        case when rated.is_rated then rated.given end as given,
        case
            when live.asking_price is null then 'no_price'
            when scored_markets.market is null then 'no_champion'
            when predicted_prices.listing_id is null then 'not_scored'
            when predicted_prices.reason_code is not null then predicted_prices.reason_code
            when not coalesce(predicted_prices.lower < predicted_prices.upper, false) then 'no_range'
            when not coalesce(rated.is_rated, false) then 'suspicious_price'
        end as no_rating_reason
    from live
    left join scored_markets using (market)
    left join predicted_prices using (listing_id)
    left join rated using (listing_id)
),

joined as (
    select
        listing_id,
        site,
        market,
        vehicle_id,
        url,
        make,
        model,
        trim,
        model_year,
        mileage,
        condition,
        seller_name,
        seller_type,
        region,
        currency,
        asking_price,
        predicted_price,
        lower,
        upper,
        coalesce(['great_deal', 'good_deal', 'fair', 'high', 'overpriced'][given.step], 'no_rating') as rating,
        given.rated_at as rated_since,
        no_rating_reason,
        case when given is not null then round(asking_price - predicted_price, 2) end as above_predicted,
        case when given is not null then asking_price / predicted_price - 1 end as above_predicted_share,
        range_position,
        days_on_market,
        model_run_id,
        estimator,
        scored_at
    from judged
)

select * from joined
