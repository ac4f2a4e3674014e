-- one row per crawl run: what became of each landed line; the counts after landed_rows add up to it, but for unpriced
-- Derived of the runs in stale_runs.
with

price_rows as (
    select
        observations.crawl_run_id,
        observations.listing_id,
        observations.payload_hash,
        parsed_listings.reject_reason is null as is_listing,
        parsed_listings.asking_price,
        row_number() over (
            partition by observations.crawl_run_id
            order by observations.scraped_at, observations.file, observations.line_number
        ) as sequence
    from observations
    inner join parsed_listings using (payload_hash)
    semi join stale_runs using (crawl_run_id)
),

said as (
    select
        crawl_run_id,
        listing_id,
        payload_hash,
        is_listing,
        asking_price,
        count(*) as rows,
        max(sequence) as sequence
    from price_rows
    group by all
),

listings_of_run as (
    select
        crawl_run_id,
        listing_id,
        sum(rows) - count(*) as exact_duplicates,
        greatest(count(*) filter (is_listing) - 1, 0) as further_observations,
        bool_or(is_listing) as is_listing,
        arg_max_null(asking_price, sequence) filter (is_listing) is null as is_unpriced
    from said
    group by crawl_run_id, listing_id
),

understood as (
    select
        crawl_run_id,
        sum(exact_duplicates) as exact_duplicates,
        sum(further_observations) as further_observations,
        count(*) filter (is_listing) as listings,
        count(*) filter (is_listing and is_unpriced) as unpriced
    from listings_of_run
    group by crawl_run_id
),

presence as (
    select crawl_run_id, count(*) as presence_rows
    from observations
    semi join stale_runs using (crawl_run_id)
    where kind = 'presence'
    group by crawl_run_id
),

reasons as (
    select crawl_run_id, reject_reason, count(*) as rows
    from rejects
    semi join stale_runs using (crawl_run_id)
    group by all
),

rejected as (
    select
        crawl_run_id,
        sum(rows) as rejected,
        string_agg(reject_reason || ': ' || rows, '; ' order by rows desc, reject_reason) as reject_reasons
    from reasons
    group by crawl_run_id
),

joined as (
    select
        crawl_run_id,
        crawl_runs.site,
        crawl_runs.market,
        crawl_runs.landed_observations + crawl_runs.landed_rejects as landed_rows,
        coalesce(presence.presence_rows, 0) as presence_rows,
        coalesce(understood.exact_duplicates, 0)::bigint as exact_duplicates,
        coalesce(understood.further_observations, 0)::bigint as further_observations,
        coalesce(rejected.rejected, 0)::bigint as rejected,
        coalesce(understood.listings, 0) as listings,
        coalesce(understood.unpriced, 0) as unpriced,
        rejected.reject_reasons
    from crawl_runs
    semi join stale_runs using (crawl_run_id)
    left join presence using (crawl_run_id)
    left join understood using (crawl_run_id)
    left join rejected using (crawl_run_id)
)

select * from joined
