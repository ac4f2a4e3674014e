-- one row per crawl run or import; one without a manifest, or with lines missing, is not complete
-- Derived of the runs in stale_runs.
with

landed_lines as (
    select crawl_run_id, site, market, scraped_at, false as is_reject
    from observations
    semi join stale_runs using (crawl_run_id)
    union all
    select crawl_run_id, site, market, scraped_at, true as is_reject
    from crawl_rejects
    semi join stale_runs using (crawl_run_id)
),

finished as (
    select * from manifests semi join stale_runs using (crawl_run_id)
),

landed_runs as (
    select
        crawl_run_id,
        any_value(site) as site,
        any_value(market) as market,
        min(scraped_at) as first_scraped_at,
        max(scraped_at) as last_scraped_at,
        count(*) filter (not is_reject) as landed_observations,
        count(*) filter (is_reject) as landed_rejects
    from landed_lines
    group by crawl_run_id
),

joined as (
    select
        crawl_run_id,
        nullif(regexp_extract(crawl_run_id, '^reparse-(.+)-\d{8}T\d{6}Z-[0-9a-f]{6}$', 1), '') as reparse_of,
        coalesce(finished.site, landed_runs.site) as site,
        coalesce(finished.market, landed_runs.market) as market,
        finished.started_at,
        finished.finished_at,
        coalesce(finished.finish_reason, 'unfinished') as finish_reason,
        coalesce(
            finished.is_complete
            and finished.rows = coalesce(landed_runs.landed_observations, 0)
            and finished.rejects = coalesce(landed_runs.landed_rejects, 0),
            false
        ) as is_complete,
        finished.health,
        finished.health_reason,
        finished.scope,
        landed_runs.first_scraped_at,
        landed_runs.last_scraped_at,
        coalesce(landed_runs.landed_observations, 0) as landed_observations,
        coalesce(landed_runs.landed_rejects, 0) as landed_rejects
    from landed_runs
    full join finished using (crawl_run_id)
)

select * from joined
