-- a predicted price is positive and lies in its range
select listing_id, predicted_price, lower, upper
from predicted_prices
where predicted_price <= 0 or lower > predicted_price or upper < predicted_price or coverage not between 0 and 1
