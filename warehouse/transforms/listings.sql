-- one row per listing: what its site last said about it, when it was seen and what it asked over time
with

-- gone is what two crawls that should have seen it did not see
judgements as (
    select
        site,
        scope,
        max(began_at, 2)[2] as second_last_began_at
    from covering_runs
    group by site, scope
),

last_scopes as (
    select presence.*, crawl_runs.site, crawl_runs.scope
    from presence
    inner join crawl_runs on presence.last_crawl_run_id = crawl_runs.crawl_run_id
),

judged as (
    select
        last_scopes.listing_id,
        last_scopes.first_seen_at,
        last_scopes.last_seen_at,
        last_scopes.scraped_at,
        coalesce(judgements.second_last_began_at > last_scopes.last_seen_at, false) as is_gone
    from last_scopes
    left join judgements
        on last_scopes.site = judgements.site and last_scopes.scope is not distinct from judgements.scope
),

changes as (
    select listing_id, count(*) as price_changes
    from price_changes
    group by listing_id
),

joined as (
    select
        descriptions.* exclude (asking_price, first_asking_price, lowest_asking_price, payload_hash),
        descriptions.asking_price,
        descriptions.first_asking_price,
        descriptions.lowest_asking_price,
        coalesce(changes.price_changes, 0)::integer as price_changes,
        coalesce(offers.first_offered_at, judged.first_seen_at) as first_offered_at,
        judged.first_seen_at,
        judged.last_seen_at,
        judged.scraped_at,
        date_diff(
            'day', coalesce(offers.first_offered_at, judged.first_seen_at), judged.last_seen_at
        )::integer as days_on_market,
        if(judged.is_gone, 'gone', 'live') as status
    from descriptions
    inner join judged using (listing_id)
    left join changes using (listing_id)
    left join offers using (listing_id)
)

select * from joined
