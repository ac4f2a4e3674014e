-- each payload is stored once and understood once
select payload_hash, count(*) as rows
from payloads
left join parsed_listings using (payload_hash)
group by payload_hash
having count(*) > 1 or count(parser_version) = 0
