-- one row per vehicle, market and new or not: its last priced observation in the window, with all that was known then
-- Not built by a refresh: warehouse/training.py asks for one $market, as it was scraped and loaded by $as_of.
with

sightings as (
    select
        observations.listing_id,
        observations.site,
        observations.market,
        observations.scraped_at,
        observations.file,
        observations.line_number,
        observations.payload_hash,
        parsed_listings.asking_price,
        row_number() over (
            partition by observations.listing_id
            order by observations.scraped_at, observations.file, observations.line_number
        ) as sequence
    from observations
    inner join parsed_listings using (payload_hash)
    left join superseded_readings using (file, line_number)
    where parsed_listings.reject_reason is null
        and coalesce(superseded_readings.superseded_at > $as_of, superseded_readings.file is null)
        and observations.market = $market
        and observations.scraped_at <= coalesce($as_of, 'infinity'::timestamptz)
        and observations.loaded_at <= coalesce($as_of, 'infinity'::timestamptz)
),

statements as (
    select listing_id, payload_hash, max(sequence) as sequence
    from sightings
    group by all
),

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

-- the window ends with the market's last observation, so that old imports train too
priced as (
    select *
    from sightings
    where asking_price is not null
        and scraped_at > (select max(scraped_at) from sightings) - to_days($window_days)
    qualify row_number() over (partition by listing_id order by sequence desc) = 1
),

vehicles as (
    select
        listing_id,
        priced.site,
        priced.market,
        case when length(attributes.vin) = 17 then attributes.vin else listing_id end as vehicle_id,
        attributes.* exclude (listing_id),
        priced.asking_price,
        priced.scraped_at
    from priced
    inner join attributes using (listing_id)
    qualify row_number() over (
        partition by vehicle_id, coalesce(attributes.condition = 'new', false)
        order by priced.scraped_at desc, priced.file desc, priced.line_number desc
    ) = 1
)

select * from vehicles
order by vehicle_id, listing_id
