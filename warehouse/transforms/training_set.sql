-- one row per vehicle and new or not: its last priced reading in the window, with all that was known then
-- Not built by a refresh: warehouse/training.py asks for one $market at a point_in_time.
with

-- the window ends with the market's last reading, so that old imports train too
priced as (
    select *
    from sightings
    where market = $market
        and asking_price is not null
        and scraped_at > (select max(scraped_at) from sightings) - to_days($window_days)
    qualify row_number() over (partition by listing_id order by sequence desc) = 1
),

joined as (
    select
        known_descriptions.* exclude (asking_price, first_asking_price, lowest_asking_price, payload_hash),
        priced.asking_price,
        priced.scraped_at
    from priced
    inner join known_descriptions using (listing_id)
    -- a price above five times the list price when new is a slip of the seller's: kept, not learned from
    where coalesce(priced.asking_price <= 5 * known_descriptions.msrp, true)
    qualify row_number() over (
        partition by known_descriptions.vehicle_id, coalesce(known_descriptions.condition = 'new', false)
        order by priced.scraped_at desc, listing_id desc
    ) = 1
),

-- whole vehicles, drawn by another hash than that of the holdout, which so stays the share that it is
drawn as (
    select * from joined
    qualify coalesce(count(*) over (order by md5(vehicle_id)) <= $most_rows::bigint, true)
)

select * from drawn
order by vehicle_id, listing_id
