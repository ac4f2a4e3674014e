-- one row per listing of a vehicle that has several: when its seller first offered it on its site
with

repeated as (
    select vehicle_id
    from descriptions
    where vehicle_id <> listing_id
    group by vehicle_id
    having count(*) > 1
),

offered as (
    select listing_id, site, market, vehicle_id, seller_name, first_seen_at, last_seen_at
    from descriptions
    semi join repeated using (vehicle_id)
    inner join presence using (listing_id)
),

compared as (
    select
        *,
        lag(listing_id) over earlier as previous_listing_id,
        max(last_seen_at) over (earlier rows between unbounded preceding and 1 preceding) as seen_until
    from offered
    window earlier as (partition by site, market, vehicle_id, seller_name order by first_seen_at, listing_id)
),

-- after two months it is another offer, as of a car that was sold and came back
numbered as (
    select
        *,
        count(*) filter (seen_until is null or first_seen_at > seen_until + interval 60 days) over (
            partition by site, market, vehicle_id, seller_name order by first_seen_at, listing_id
        ) as offer
    from compared
),

joined as (
    select
        listing_id,
        site,
        market,
        vehicle_id,
        first_seen_at,
        min(first_seen_at) over (partition by site, market, vehicle_id, seller_name, offer) as first_offered_at,
        case when first_seen_at > seen_until and first_seen_at <= seen_until + interval 60 days
            then previous_listing_id end as previous_listing_id,
        seen_until
    from numbered
)

select * from joined
