-- one row per vehicle: a VIN across sites and sellers, else a listing, as its latest listing describes it
with

-- few vehicles have several listings, and only those are grouped and sorted
repeated as (
    select vehicle_id
    from listings
    group by vehicle_id
    having count(*) > 1
),

offered as (
    select
        vehicle_id,
        count(*) as listings,
        count(*) filter (status = 'live') as live_listings,
        count(distinct site) as sites,
        count(distinct seller_name) as sellers,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from listings
    semi join repeated using (vehicle_id)
    group by vehicle_id

    union all by name

    select
        vehicle_id,
        1 as listings,
        (status = 'live')::bigint as live_listings,
        1 as sites,
        (seller_name is not null)::bigint as sellers,
        first_seen_at,
        last_seen_at
    from listings
    anti join repeated using (vehicle_id)
),

latest as (
    select listing_id
    from listings
    semi join repeated using (vehicle_id)
    qualify row_number() over (
        partition by vehicle_id order by status = 'live' desc, last_seen_at desc, listing_id
    ) = 1

    union all by name

    select listing_id
    from listings
    anti join repeated using (vehicle_id)
),

joined as (
    select
        vehicle_id,
        listings.vin,
        listings.vin_is_valid,
        listings.listing_id,
        listings.site,
        listings.market,
        listings.make,
        listings.model,
        listings.trim,
        listings.model_year,
        listings.mileage,
        listings.condition,
        listings.asking_price,
        listings.currency,
        offered.listings,
        offered.live_listings,
        offered.sites,
        offered.sellers,
        offered.first_seen_at,
        offered.last_seen_at,
        listings.status
    from listings
    semi join latest using (listing_id)
    inner join offered using (vehicle_id)
)

select * from joined
