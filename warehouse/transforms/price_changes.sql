-- one row per change of a listing's asking price
-- Derived of the listings in sightings.
with

-- two prices in one crawl run of one day are a contradiction, not a change: the last one counts
prices as (
    select
        listing_id,
        site,
        market,
        crawl_run_id,
        max(scraped_at) as scraped_at,
        arg_max(asking_price, sequence) as asking_price
    from sightings
    where asking_price is not null
    group by listing_id, site, market, crawl_run_id, scraped_at::date
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
        crawl_run_id,
        scraped_at as changed_at,
        old_price,
        asking_price as new_price,
        asking_price - old_price as change,
        (asking_price - old_price) / old_price as change_share
    from compared
    where asking_price <> old_price
)

select * from changed
