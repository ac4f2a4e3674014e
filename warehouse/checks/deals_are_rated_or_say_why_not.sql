-- every live listing is a deal, rated since a moment or for a reason not rated
select listing_id, deals.rating, deals.no_rating_reason, deals.rated_since
from deals
full join (from listings where status = 'live') as live using (listing_id)
where deals.listing_id is null
    or live.listing_id is null
    or (deals.rating = 'no_rating') <> (deals.no_rating_reason is not null)
    or (deals.rating = 'no_rating') <> (deals.rated_since is null)
    or deals.rating not in ('great_deal', 'good_deal', 'fair', 'high', 'overpriced', 'no_rating')
