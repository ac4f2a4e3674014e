-- one row per listing: when it was seen first and last
-- Reads itself: what is new is added to what was known.
with

seen as (
    select
        listing_id,
        scraped_at as first_seen_at,
        crawl_run_id as first_crawl_run_id,
        scraped_at as last_seen_at,
        crawl_run_id as last_crawl_run_id,
        case when kind = 'price' then scraped_at end as scraped_at
    from fresh_observations
    union all by name
    select * from presence
),

joined as (
    select
        listing_id,
        min(first_seen_at) as first_seen_at,
        arg_min(first_crawl_run_id, (first_seen_at, first_crawl_run_id)) as first_crawl_run_id,
        max(last_seen_at) as last_seen_at,
        arg_max(last_crawl_run_id, (last_seen_at, last_crawl_run_id)) as last_crawl_run_id,
        max(scraped_at) as scraped_at
    from seen
    group by listing_id
)

select * from joined
