-- one row per listing and period of one asking price: from when to when it stood, and what the price before was
with

joined as (
    select
        listing_id,
        listings.site,
        listings.market,
        listings.vehicle_id,
        asking_prices.asked_from,
        coalesce(
            asking_prices.asked_until, case when listings.status = 'gone' then listings.last_seen_at end
        ) as asked_until,
        asking_prices.asking_price,
        listings.currency,
        asking_prices.old_price,
        asking_prices.asking_price - asking_prices.old_price as change,
        (asking_prices.asking_price - asking_prices.old_price) / asking_prices.old_price as change_share
    from asking_prices
    inner join listings using (listing_id)
)

select * from joined
