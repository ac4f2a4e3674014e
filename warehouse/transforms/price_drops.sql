-- one row per live listing whose asking price ever fell: how often, by how much, and when last
with

-- a price that more than halves was a slip that was put right
falls as (
    select
        listing_id,
        count(*) as drops,
        round(-sum(change), 2) as total_drop,
        max(asked_from) as last_drop_at,
        -arg_max(change, asked_from) as last_drop,
        -arg_max(change_share, asked_from) as last_drop_share
    from price_history
    where change_share < 0 and change_share >= -0.5
    group by listing_id
),

joined as (
    select
        listing_id,
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
        listings.first_asking_price,
        listings.asking_price,
        (listings.first_asking_price - listings.asking_price) / listings.first_asking_price as below_first_share,
        falls.drops,
        falls.total_drop,
        falls.last_drop,
        falls.last_drop_share,
        falls.last_drop_at,
        date_diff('day', falls.last_drop_at, listings.last_seen_at)::integer as days_since_drop,
        listings.days_on_market
    from listings
    inner join falls using (listing_id)
    where listings.status = 'live' and listings.asking_price is not null
)

select * from joined
