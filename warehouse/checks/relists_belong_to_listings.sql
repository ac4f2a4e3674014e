-- what was relisted, and what it takes the place of, are listings, and it was away in between
select relists.listing_id, relists.previous_listing_id, relists.away_since, relists.relisted_at
from relists
left join listings using (listing_id)
left join listings as previous_listings on previous_listings.listing_id = relists.previous_listing_id
where listings.listing_id is null
    or previous_listings.listing_id is null
    or relists.away_since >= relists.relisted_at
