-- every price change is one of a listing, and is a change
select price_changes.listing_id, price_changes.changed_at, price_changes.old_price, price_changes.new_price
from price_changes
left join listings using (listing_id)
where listings.listing_id is null or price_changes.change = 0
