-- every listing is one of a vehicle, and every vehicle has as many listings as it says
with

counted as (
    select vehicle_id, count(*) as listings, count(*) filter (status = 'live') as live_listings
    from listings
    group by vehicle_id
)

select vehicle_id, vehicles.listings, counted.listings as counted_listings
from vehicles
full join counted using (vehicle_id)
where vehicles.listings is distinct from counted.listings
    or vehicles.live_listings is distinct from counted.live_listings
