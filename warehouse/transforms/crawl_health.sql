-- one row per crawl, imports aside: how it went, what it cost and what it brought
with

new_listings as (
    select first_crawl_run_id as crawl_run_id, count(*) as new_listings
    from presence
    semi join descriptions using (listing_id)
    group by all
),

changes as (
    select crawl_run_id, count(*) as price_changes
    from price_changes
    group by crawl_run_id
),

counted as (
    select
        crawl_run_id,
        (stats ->> 'requests')::bigint as requests,
        (stats ->> 'retries')::bigint as retries,
        (stats ->> 'failed_downloads')::bigint as failed_downloads,
        (stats ->> 'response_bytes')::bigint as response_bytes
    from manifests
),

joined as (
    select
        crawl_run_id,
        crawl_runs.site,
        crawl_runs.market,
        crawl_runs.started_at,
        crawl_runs.finished_at,
        date_diff('second', crawl_runs.started_at, crawl_runs.finished_at)::double as seconds,
        crawl_runs.finish_reason,
        crawl_runs.is_complete,
        crawl_runs.health,
        crawl_runs.health_reason,
        counted.requests,
        counted.retries,
        counted.failed_downloads,
        counted.response_bytes,
        reconciliation.listings,
        coalesce(new_listings.new_listings, 0) as new_listings,
        coalesce(changes.price_changes, 0) as price_changes,
        reconciliation.unpriced,
        reconciliation.rejected
    from crawl_runs
    inner join reconciliation using (crawl_run_id)
    left join counted using (crawl_run_id)
    left join new_listings using (crawl_run_id)
    left join changes using (crawl_run_id)
    where crawl_runs.reparse_of is null
        and (crawl_runs.health is not null or crawl_runs.finish_reason = 'unfinished')
)

select * from joined
