-- one row per listing that must be derived anew from its history: new, said to be otherwise, or seen in its past
select distinct fresh_observations.listing_id
from fresh_observations
left join presence using (listing_id)
left join descriptions using (listing_id)
where presence.listing_id is null
    or fresh_observations.scraped_at <= presence.last_seen_at
    or (
        fresh_observations.kind = 'price'
        and fresh_observations.payload_hash is distinct from descriptions.payload_hash
    )
