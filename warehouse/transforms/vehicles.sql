-- one row per vehicle: a VIN across sites and sellers, else a listing, as its latest listing describes it
with

offered as (
    select
        vehicle_id,
        count(*) as listings,
        count(distinct site) as sites,
        count(distinct seller_name) as sellers,
        count(*) filter (status = 'live') as live_listings,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from listings
    group by vehicle_id
),

latest as (
    select *
    from listings
    qualify row_number() over (
        partition by vehicle_id order by status = 'live' desc, last_seen_at desc, listing_id
    ) = 1
),

joined as (
    select
        vehicle_id,
        latest.vin,
        latest.vin_is_valid,
        latest.listing_id,
        latest.site,
        latest.market,
        latest.make,
        latest.model,
        latest.trim,
        latest.model_year,
        latest.mileage,
        latest.condition,
        latest.asking_price,
        latest.currency,
        offered.listings,
        offered.live_listings,
        offered.sites,
        offered.sellers,
        offered.first_seen_at,
        offered.last_seen_at,
        latest.status
    from latest
    inner join offered using (vehicle_id)
)

select * from joined
