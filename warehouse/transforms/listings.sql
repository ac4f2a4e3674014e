-- one row per listing: what its site last said about it, when it was seen and what it asked over time
with

sightings as (
    select
        observations.listing_id,
        observations.site,
        observations.market,
        observations.scraped_at,
        observations.payload_hash,
        parsed_listings.asking_price,
        row_number() over (
            partition by observations.listing_id
            order by observations.scraped_at, observations.file, observations.line_number
        ) as sequence
    from observations
    inner join parsed_listings using (payload_hash)
    anti join superseded_readings using (file, line_number)
    where parsed_listings.reject_reason is null
),

-- a payload that is seen again says nothing new
statements as (
    select listing_id, payload_hash, max(sequence) as sequence
    from sightings
    group by all
),

-- arg_max skips nulls: a result card leaves standing what the listing's own page said
attributes as (
    select
        statements.listing_id,
        arg_max(
            columns(parsed_listings.* exclude (payload_hash, parser_version, reject_reason, asking_price)),
            statements.sequence
        )
    from statements
    inner join parsed_listings using (payload_hash)
    group by statements.listing_id
),

-- the price is the last one said, also when that is none
prices as (
    select
        listing_id,
        arg_max(site, sequence) as site,
        arg_max(market, sequence) as market,
        max(scraped_at) as scraped_at,
        arg_max_null(asking_price, sequence) as asking_price,
        arg_min(asking_price, sequence) as first_asking_price,
        min(asking_price) as lowest_asking_price
    from sightings
    group by listing_id
),

-- when the last complete, healthy run began that would have seen what this run saw; nobody judges an import
coverage as (
    select seen_run.crawl_run_id, max(later_run.first_scraped_at) as covered_at
    from crawl_runs as seen_run
    inner join crawl_runs as later_run
        on later_run.site = seen_run.site
        and later_run.is_complete
        and coalesce(later_run.health, 'healthy') = 'healthy'
        and list_has_all(later_run.scope, seen_run.scope)
    group by seen_run.crawl_run_id
),

presence as (
    select
        observations.listing_id,
        min(observations.scraped_at) as first_seen_at,
        max(observations.scraped_at) as last_seen_at,
        coalesce(max(coverage.covered_at) > max(observations.scraped_at), false) as is_gone
    from observations
    left join coverage using (crawl_run_id)
    group by observations.listing_id
),

changes as (
    select listing_id, count(*) as price_changes
    from price_changes
    group by listing_id
),

joined as (
    select
        listing_id,
        prices.site,
        prices.market,
        case when length(attributes.vin) = 17 then attributes.vin else listing_id end as vehicle_id,
        attributes.* exclude (listing_id),
        prices.asking_price,
        prices.first_asking_price,
        prices.lowest_asking_price,
        coalesce(changes.price_changes, 0)::integer as price_changes,
        presence.first_seen_at,
        presence.last_seen_at,
        prices.scraped_at,
        date_diff('day', presence.first_seen_at, presence.last_seen_at)::integer as days_on_market,
        if(presence.is_gone, 'gone', 'live') as status
    from attributes
    inner join prices using (listing_id)
    inner join presence using (listing_id)
    left join changes using (listing_id)
)

select * from joined
