-- one row per live listing with a price and comparables: its place among them by price, and by price at its mileage
with

pairs as (
    select
        listings.market,
        listings.listing_id,
        listings.asking_price,
        comparables.price,
        comparables.miles_more,
        comparables.months_older
    from comparables
    inner join listings using (listing_id)
    where listings.status = 'live' and listings.asking_price is not null and comparables.price > 0
),

-- least squares of ln(price) on miles and months, within each listing's comparables; slips of a digit have no part
sums as (
    select
        market,
        regr_sxx(ln(price), miles_more) as miles_miles,
        regr_sxx(ln(price), months_older) as months_months,
        regr_sxy(miles_more, months_older) as miles_months,
        regr_sxy(ln(price), miles_more) as price_miles,
        regr_sxy(ln(price), months_older) as price_months
    from pairs
    where miles_more is not null and months_older is not null and price between asking_price / 2 and asking_price * 2
    group by market, listing_id
),

-- what a mile costs at the same age, as a share of the price; a market in which miles seem to add value tells nothing
slopes as (
    select
        market,
        coalesce(
            greatest(
                (sum(price_months) * sum(miles_months) - sum(price_miles) * sum(months_months))
                / nullif(sum(miles_miles) * sum(months_months) - sum(miles_months) ** 2, 0),
                0
            ),
            0
        ) as mile_share
    from sums
    group by market
),

adjusted as (
    select
        pairs.*,
        slopes.mile_share,
        price * exp(coalesce(slopes.mile_share, 0) * coalesce(miles_more, 0)) as price_at_mileage
    from pairs
    left join slopes using (market)
),

ranked as (
    select
        listing_id,
        1 + count(*) as ranked_offers,
        1 + count(*) filter (price < asking_price) as price_rank,
        1 + count(*) filter (price_at_mileage < asking_price) as mileage_adjusted_rank,
        round(median(price), 2) as comparable_price,
        round(median(price_at_mileage), 2) as mileage_adjusted_price,
        any_value(mile_share) as mile_share
    from adjusted
    group by listing_id
),

joined as (
    select
        listing_id,
        listings.site,
        listings.market,
        listings.url,
        listings.make,
        listings.model,
        listings.trim,
        listings.model_year,
        listings.mileage,
        listings.condition,
        listings.seller_name,
        listings.currency,
        listings.asking_price,
        ranked.price_rank,
        ranked.mileage_adjusted_rank,
        ranked.ranked_offers,
        ranked.comparable_price,
        ranked.mileage_adjusted_price,
        listings.asking_price / ranked.mileage_adjusted_price as price_to_market,
        round(ranked.mile_share * listings.asking_price, 4) as price_per_mile
    from listings
    inner join ranked using (listing_id)
)

select * from joined
