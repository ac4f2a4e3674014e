-- A content hash takes 16 bytes instead of 32, and payloads are compressed many at a time: a third of the disk.

create table hashed_payloads (
    payload_hash uuid,      -- of the three columns below
    currency varchar,       -- the market's
    distance_unit varchar,  -- the market's
    payload varchar /* in a file: using compression zstd */,  -- JSON, in the page's words
    loaded_at timestamptz   -- first; in the order of the rows, so that the new ones are found without reading the old
);

insert into hashed_payloads by name
with loads as (
    select payload_hash, min(loaded_at) as loaded_at from observations group by payload_hash
)
select payloads.* replace (payload_hash::uuid as payload_hash), loads.loaded_at
from payloads
left join loads using (payload_hash)
order by loads.loaded_at;

drop table payloads;

alter table hashed_payloads rename to payloads;

create table hashed_observations as
select * replace (payload_hash::uuid as payload_hash) from observations;

drop table observations;

alter table hashed_observations rename to observations;

create table hashed_parses as
select * replace (payload_hash::uuid as payload_hash) from parsed_listings;

drop table parsed_listings;

alter table hashed_parses rename to parsed_listings;
