-- one row per time that a listing was not seen for more than 36 hours and then was again
-- Derived of all that was seen of stale listings; of others, of what is new and of when they were last seen before.
with

sights as (
    select observations.listing_id, coalesce(crawl_runs.reparse_of, crawl_run_id) as crawl_run_id, scraped_at
    from observations
    left join crawl_runs using (crawl_run_id)
    semi join stale_listings using (listing_id)
    union all by name
    select listing_id, crawl_run_id, scraped_at
    from fresh_observations
    anti join stale_listings using (listing_id)
    union all by name
    select listing_id, last_crawl_run_id as crawl_run_id, last_seen_at as scraped_at
    from presence
    semi join fresh_observations using (listing_id)
    anti join stale_listings using (listing_id)
),

compared as (
    select
        listing_id,
        lag(scraped_at) over listing_sights as away_since,
        lag(crawl_run_id) over listing_sights as crawl_run_id,
        scraped_at as back_at
    from sights
    window listing_sights as (partition by listing_id order by scraped_at, crawl_run_id)
),

joined as (
    select *
    from compared
    where back_at > away_since + interval 36 hours
)

select * from joined
