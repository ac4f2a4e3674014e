-- every predicted price is one of a live listing, made by its market's champion
select
    predicted_prices.listing_id,
    predicted_prices.market,
    predicted_prices.model_run_id,
    listings.status,
    champions.model_run_id as champion
from predicted_prices
left join listings using (listing_id)
left join champions on champions.market = predicted_prices.market
where listings.status is distinct from 'live' or champions.model_run_id is distinct from predicted_prices.model_run_id
