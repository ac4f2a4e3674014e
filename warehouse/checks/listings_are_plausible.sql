-- what a listing says lies within what a car can be
select listing_id, asking_price, mileage, model_year, first_seen_at, last_seen_at
from listings
where asking_price <= 0
    or lowest_asking_price > first_asking_price
    or mileage < 0
    or model_year not between 1885 and 2100
    or first_seen_at > last_seen_at
    or days_on_market < 0
    or vehicle_id is null
    or market is null
    or currency is null
