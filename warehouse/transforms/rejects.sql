-- one row per landed line that cannot be a listing; its exact repeats within a crawl run are counted, not repeated
-- Derived of the runs in stale_runs.
with

parse_rejects as (
    select distinct on (observations.crawl_run_id, observations.listing_id, observations.payload_hash)
        parsed_listings.reject_reason,
        observations.site,
        observations.market,
        observations.crawl_run_id,
        observations.scraped_at,
        observations.listing_id,
        parsed_listings.url,
        payloads.payload as detail,
        observations.file,
        observations.line_number
    from observations
    inner join parsed_listings using (payload_hash)
    inner join payloads using (payload_hash)
    semi join stale_runs using (crawl_run_id)
    where parsed_listings.reject_reason is not null
    order by observations.file, observations.line_number
),

unioned as (
    select * from parse_rejects
    union all by name
    select * exclude (loaded_at) from crawl_rejects semi join stale_runs using (crawl_run_id)
)

select * from unioned
