-- a listing has one row, and an identity
select listing_id, count(*) as rows
from listings
group by listing_id
having count(*) > 1 or listing_id is null
