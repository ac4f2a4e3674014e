-- one row per scope of a site, and complete, healthy crawl run that covers it
with

scopes as (
    select distinct site, scope from crawl_runs
),

-- what a run without a manifest covered nobody knows: only one that covers all of the site judges its listings
whole_sites as (
    select site, array_agg(distinct part) as scope
    from (select site, unnest(scope) as part from scopes)
    group by site
),

known_scopes as (
    select scopes.site, scopes.scope, coalesce(scopes.scope, whole_sites.scope) as covered
    from scopes
    left join whole_sites using (site)
),

-- nobody judges the health of an import
judges as (
    select site, scope, crawl_run_id, first_scraped_at as began_at
    from crawl_runs
    where is_complete and coalesce(health, 'healthy') = 'healthy' and first_scraped_at is not null
),

joined as (
    select known_scopes.site, known_scopes.scope, judges.crawl_run_id, judges.began_at
    from known_scopes
    inner join judges
        on known_scopes.site = judges.site and list_has_all(judges.scope, known_scopes.covered)
)

select * from joined
