-- every predicted price is one of a live listing, made by a model run that was promoted in its market
select
    predicted_prices.listing_id,
    predicted_prices.market,
    predicted_prices.model_run_id,
    listings.status
from predicted_prices
left join listings using (listing_id)
where
    listings.status is distinct from 'live'
    or (predicted_prices.market, predicted_prices.model_run_id) not in (select (market, model_run_id) from promotions)
