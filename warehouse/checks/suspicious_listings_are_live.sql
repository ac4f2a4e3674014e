-- what is doubtful is a live listing, and says which figures make it so
select suspicious_listings.listing_id, suspicious_listings.signal, suspicious_listings.evidence
from suspicious_listings
left join listings using (listing_id)
where coalesce(listings.status <> 'live', true)
    or suspicious_listings.evidence is null
