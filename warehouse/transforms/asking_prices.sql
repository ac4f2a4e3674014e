-- one row per listing and price that it asked until it asked another one or none
-- Derived of the listings in sightings. A crawl that names no price between two that name the same one ends nothing.
with

-- two prices in one crawl run of one day are a contradiction, not a change: the last one counts
prices as (
    select
        listing_id,
        site,
        market,
        crawl_run_id,
        max(scraped_at) as scraped_at,
        arg_max(asking_price, sequence) as asking_price,
        max(sequence) as sequence
    from sightings
    where asking_price is not null
    group by listing_id, site, market, crawl_run_id, scraped_at::date
),

withdrawn as (
    select sightings.listing_id, min(sightings.scraped_at) as withdrawn_at
    from sightings
    inner join (select listing_id, max(sequence) as sequence from prices group by listing_id) as last_priced
        on sightings.listing_id = last_priced.listing_id and sightings.sequence > last_priced.sequence
    group by sightings.listing_id
),

compared as (
    select
        *,
        lag(asking_price) over (partition by listing_id order by scraped_at, asking_price) as old_price
    from prices
),

changed as (
    select listing_id, site, market, crawl_run_id, scraped_at as asked_from, old_price, asking_price
    from compared
    where asking_price is distinct from old_price
),

joined as (
    select
        changed.*,
        coalesce(
            lead(asked_from) over (partition by listing_id order by asked_from, asking_price), withdrawn_at
        ) as asked_until
    from changed
    left join withdrawn using (listing_id)
)

select * from joined
