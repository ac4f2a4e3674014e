-- one row per market, make, model, and new or not: how long its stock lasts at the rate at which its cars went lately
-- Lately is the last 45 days in which going could be known: between complete crawls, up to the last but one.
with

scopes as (
    select site, min(began_at) as known_from, max(began_at, 2)[2] as known_until
    from covering_runs
    group by site, scope
    -- a scope that is no longer crawled says nothing of how its site goes now
    qualify known_until > max(known_until) over (partition by site) - interval 45 days
),

sites as (
    select
        site,
        greatest(max(known_from), min(known_until) - interval 45 days) as known_from,
        min(known_until) as known_until
    from scopes
    group by site
),

described as (
    select
        vehicles.market,
        vehicles.make,
        vehicles.model,
        coalesce(vehicles.condition = 'new', false) as is_new,
        vehicles.site,
        date_diff('hour', sites.known_from, sites.known_until) / 24 as observed_days,
        vehicles.status = 'live' as is_live,
        coalesce(
            vehicles.status = 'gone'
            and vehicles.last_seen_at >= sites.known_from
            and vehicles.last_seen_at < sites.known_until,
            false
        ) as has_gone,
        date_diff('day', vehicles.first_seen_at, vehicles.last_seen_at) as days
    from vehicles
    left join sites using (site)
    where vehicles.make is not null and vehicles.model is not null
),

counted as (
    select
        market,
        make,
        model,
        is_new,
        count(*) filter (is_live) as live_vehicles,
        count(*) filter (has_gone) as gone_vehicles,
        -- each site has been watched for its own time
        sum(if(has_gone, 1 / observed_days, 0)) as gone_per_day,
        case when bool_and(observed_days is not null) then min(observed_days) end as observed_days,
        median(days) filter (is_live) as median_days_live,
        median(days) filter (has_gone) as median_days_gone
    from described
    where is_live or has_gone
    group by market, make, model, is_new
),

judged as (
    select
        *,
        case
            when observed_days is null then 'no_complete_crawls'
            when observed_days < 14 then 'short_history'
            when gone_vehicles < 5 then 'few_gone'
        end as supply_reason
    from counted
),

joined as (
    select
        market,
        make,
        model,
        is_new,
        live_vehicles,
        gone_vehicles,
        round(observed_days, 1) as observed_days,
        case when supply_reason is null then round(live_vehicles / gone_per_day, 1) end as days_supply,
        supply_reason,
        median_days_live,
        median_days_gone
    from judged
)

select * from joined
