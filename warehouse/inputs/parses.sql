-- one row per payload: what it meant, to the parser of the moment in point_in_time
-- A payload that was parsed only later means what its first parse said.
with

past as (
    select *
    from parsed_listings_past
    where replaced_at > (select as_of from point_in_time)
    qualify row_number() over (partition by payload_hash order by replaced_at) = 1
),

unioned as (
    select * exclude (replaced_at) from past
    union all by name
    select * from parsed_listings anti join past using (payload_hash)
)

select * from unioned
