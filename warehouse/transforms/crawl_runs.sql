-- one row per crawl run or import; one without a manifest, or with lines missing, is not complete
with

landed_lines as (
    select crawl_run_id, site, market, scraped_at, false as is_reject from observations
    union all
    select crawl_run_id, site, market, scraped_at, true as is_reject from crawl_rejects
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
        coalesce(manifests.site, landed_runs.site) as site,
        coalesce(manifests.market, landed_runs.market) as market,
        manifests.started_at,
        manifests.finished_at,
        coalesce(manifests.finish_reason, 'unfinished') as finish_reason,
        coalesce(
            manifests.is_complete
            and manifests.rows = coalesce(landed_runs.landed_observations, 0)
            and manifests.rejects = coalesce(landed_runs.landed_rejects, 0),
            false
        ) as is_complete,
        manifests.health,
        manifests.health_reason,
        manifests.scope,
        landed_runs.first_scraped_at,
        landed_runs.last_scraped_at,
        coalesce(landed_runs.landed_observations, 0) as landed_observations,
        coalesce(landed_runs.landed_rejects, 0) as landed_rejects
    from landed_runs
    full join manifests using (crawl_run_id)
)

select * from joined
