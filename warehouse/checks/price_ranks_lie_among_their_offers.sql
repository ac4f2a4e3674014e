-- a rank is one of as many as there are offers, and belongs to a live listing
select price_rank.listing_id, price_rank.price_rank, price_rank.mileage_adjusted_rank, price_rank.ranked_offers
from price_rank
left join listings using (listing_id)
where coalesce(listings.status <> 'live', true)
    or price_rank.price_rank not between 1 and price_rank.ranked_offers
    or price_rank.mileage_adjusted_rank not between 1 and price_rank.ranked_offers
