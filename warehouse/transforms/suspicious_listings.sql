-- one row per live listing and signal: what makes it doubtful, and the figures that say so
-- docs/deals.md has the rules. A signal is a reason to look, not a verdict.
with

live as (
    select
        *,
        -- cars are sold up to a year before their model year
        greatest(year(last_seen_at) - model_year + 1, 1) as years_driven
    from listings
    where status = 'live'
),

-- how many widths of the wider range the price is away from what is predicted
priced as (
    select
        listing_id,
        asking_price,
        lower_95,
        upper_95,
        ln(asking_price / predicted_price)
        / ln(if(asking_price < predicted_price, lower_95, upper_95) / predicted_price) as widths
    from predicted_prices
    where asking_price is not null and lower_95 < predicted_price and predicted_price < upper_95
),

doubtful_prices as (
    select
        listing_id,
        case
            when asking_price / 10 between lower_95 and upper_95 then 'price_has_a_digit_too_many'
            when asking_price * 10 between lower_95 and upper_95 then 'price_has_a_digit_too_few'
            else 'price_far_outside_its_range'
        end as signal,
        format('asks {:,.0f}; 95 % of such cars ask {:,.0f} to {:,.0f}', asking_price, lower_95, upper_95) as evidence
    from priced
    where widths > 2
),

doubtful_mileages as (
    select
        listing_id,
        'mileage_impossible_for_its_age' as signal,
        format('{:,.0f} miles in {:d} years', mileage, years_driven) as evidence
    from live
    where mileage > 60000 * years_driven
        or (mileage < 100 and years_driven >= 4 and condition is distinct from 'new')
),

-- the same dealer may advertise a car on several sites, under one name on each
shared_vins as (
    select
        vehicle_id,
        count(*) as ads,
        count(distinct region) as regions,
        count(distinct (site, seller_name)) filter (seller_name is not null) as names,
        count(distinct site) filter (seller_name is not null) as named_sites,
        count(distinct seller_type) as seller_types
    from live
    where vin is not null and vehicle_id <> listing_id
    group by vehicle_id
    having regions > 1 or names > named_sites or seller_types > 1
),

doubtful_vins as (
    select
        live.listing_id,
        'vin_in_two_places' as signal,
        format('{:d} live listings have this VIN, of other sellers or places', shared_vins.ads) as evidence
    from live
    inner join shared_vins using (vehicle_id)
    where live.vin is not null
),

contradictory as (
    select
        listing_id,
        'contradicts_itself' as signal,
        format(
            '{} {:g}; what else it says suggests {:.4g}, which is {:.0f} standard deviations away',
            replace(feature, '_', ' '), said, expected, spreads
        ) as evidence
    from contradictions
    semi join live using (listing_id)
),

signals as (
    from doubtful_prices
    union all by name from doubtful_mileages
    union all by name from doubtful_vins
    union all by name from contradictory
),

joined as (
    select
        listing_id,
        signals.signal,
        signals.evidence,
        live.site,
        live.market,
        live.vehicle_id,
        live.url,
        live.make,
        live.model,
        live.model_year,
        live.mileage,
        live.currency,
        live.asking_price,
        predicted_prices.predicted_price
    from signals
    inner join live using (listing_id)
    left join predicted_prices using (listing_id)
)

select * from joined
