-- a predicted price is positive and lies in its range, and that lies in the wider one
select listing_id, predicted_price, lower, upper, lower_95, upper_95
from predicted_prices
where
    predicted_price <= 0
    or lower > predicted_price
    or upper < predicted_price
    or coverage not between 0 and 1
    or lower_95 > lower
    or upper_95 < upper
