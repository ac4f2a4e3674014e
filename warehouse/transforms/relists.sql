-- one row per relisting: a listing that came back after two complete, healthy crawls missed it, or a new one of its car
with

returns as (
    select
        absences.listing_id,
        absences.listing_id as previous_listing_id,
        absences.away_since,
        absences.back_at as relisted_at
    from absences
    inner join crawl_runs using (crawl_run_id)
    inner join covering_runs
        on crawl_runs.site = covering_runs.site
        and crawl_runs.scope is not distinct from covering_runs.scope
        and covering_runs.began_at > absences.away_since
        and covering_runs.began_at < absences.back_at
    group by all
    having count(*) >= 2
),

new_listings as (
    select listing_id, previous_listing_id, seen_until as away_since, first_seen_at as relisted_at
    from offers
    where previous_listing_id is not null
),

unioned as (
    select * from returns
    union all by name
    select * from new_listings
),

joined as (
    select
        unioned.listing_id,
        unioned.previous_listing_id,
        descriptions.site,
        descriptions.market,
        descriptions.vehicle_id,
        unioned.away_since,
        unioned.relisted_at,
        date_diff('day', unioned.away_since, unioned.relisted_at)::integer as days_away
    from unioned
    inner join descriptions using (listing_id)
)

select * from joined
