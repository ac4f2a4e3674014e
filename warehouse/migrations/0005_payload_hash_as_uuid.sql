-- A content hash takes 16 bytes instead of 32, and payloads are compressed many at a time: a third of the disk.

create table hashed_payloads (
    payload_hash uuid,      -- of everything below
    currency varchar,       -- the market's
    distance_unit varchar,  -- the market's
    payload varchar /* in a file: using compression zstd */  -- JSON, in the page's words
);

insert into hashed_payloads by name select * replace (payload_hash::uuid as payload_hash) from payloads;

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
