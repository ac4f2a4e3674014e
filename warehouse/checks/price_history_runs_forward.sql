-- a price stands from when it was first seen until later, and differs from the one before
select listing_id, asked_from, asked_until, asking_price, old_price
from price_history
where asked_until < asked_from or asking_price = old_price
