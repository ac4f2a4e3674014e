-- every price drop is one of a live listing, and lowers its price
select price_drops.listing_id, price_drops.drops, price_drops.last_drop, price_drops.total_drop
from price_drops
left join listings using (listing_id)
where coalesce(listings.status <> 'live', true)
    or price_drops.last_drop <= 0
    or price_drops.total_drop < price_drops.last_drop - 0.01
