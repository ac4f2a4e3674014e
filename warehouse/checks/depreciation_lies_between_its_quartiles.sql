-- a median is a positive price between its quartiles
select market, make, model, age_years, lower_quartile, median_price, upper_quartile
from depreciation
where lower_quartile <= 0 or median_price < lower_quartile or median_price > upper_quartile or age_years < 0
