-- one row per site: when it was last seen whole and healthy, how old that is now, and how its latest crawl went
-- A view, so that an age is that of the moment in which it is asked for.
with

runs as (
    select *, coalesce(started_at, first_scraped_at) as began_at
    from crawl_runs
    where reparse_of is null
),

latest as (
    select
        site,
        arg_max(market, began_at) as market,
        max(began_at) as last_run_at,
        arg_max(crawl_run_id, began_at) as last_crawl_run_id,
        arg_max(coalesce(health, finish_reason), began_at) as last_run_health,
        arg_max(health_reason, began_at) as last_run_reason,
        max(last_scraped_at) filter (
            is_complete and coalesce(health, 'healthy') = 'healthy'
        ) as last_good_at
    from runs
    group by site
),

live as (
    select site, count(*) as live_listings, max(last_seen_at) as last_seen_at
    from listings
    where status = 'live'
    group by site
),

joined as (
    select
        site,
        latest.market,
        coalesce(live.live_listings, 0) as live_listings,
        live.last_seen_at,
        latest.last_good_at,
        round(date_diff('minute', coalesce(latest.last_good_at, live.last_seen_at), now()) / 60, 1) as age_hours,
        latest.last_run_at,
        latest.last_crawl_run_id,
        latest.last_run_health,
        latest.last_run_reason
    from latest
    left join live using (site)
)

select * from joined
