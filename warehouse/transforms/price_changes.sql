-- one row per change of a listing's asking price
with

-- two prices in one crawl run of one day are a contradiction, not a change: the last one counts
prices as (
    select
        observations.listing_id,
        observations.site,
        observations.market,
        max(observations.scraped_at) as scraped_at,
        arg_max(
            parsed_listings.asking_price, (observations.scraped_at, observations.file, observations.line_number)
        ) as asking_price
    from observations
    inner join parsed_listings using (payload_hash)
    inner join crawl_runs using (crawl_run_id)
    anti join superseded_readings using (file, line_number)
    where parsed_listings.reject_reason is null and parsed_listings.asking_price is not null
    group by
        observations.listing_id,
        observations.site,
        observations.market,
        coalesce(crawl_runs.reparse_of, observations.crawl_run_id),
        observations.scraped_at::date
),

compared as (
    select
        *,
        lag(asking_price) over (partition by listing_id order by scraped_at, asking_price) as old_price
    from prices
),

changed as (
    select
        listing_id,
        site,
        market,
        scraped_at as changed_at,
        old_price,
        asking_price as new_price,
        asking_price - old_price as change,
        (asking_price - old_price) / old_price as change_share
    from compared
    where asking_price <> old_price
)

select * from changed
