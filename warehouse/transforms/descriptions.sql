-- one row per listing: what its site last said about it, and the prices that it asked
-- Derived of the listings in sightings.
with

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
            columns(parses.* exclude (payload_hash, parser_version, reject_reason, asking_price)), statements.sequence
        )
    from statements
    inner join parses using (payload_hash)
    group by statements.listing_id
),

-- the price is the last one said, also when that is none
prices as (
    select
        listing_id,
        arg_max(site, sequence) as site,
        arg_max(market, sequence) as market,
        arg_max(payload_hash, sequence) as payload_hash,
        arg_max_null(asking_price, sequence) as asking_price,
        arg_min(asking_price, sequence) as first_asking_price,
        min(asking_price) as lowest_asking_price
    from sightings
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
        prices.payload_hash
    from attributes
    inner join prices using (listing_id)
)

select * from joined
