-- one row per change of a listing's asking price
-- Derived of the asked listings.
with

changed as (
    select
        listing_id,
        site,
        market,
        crawl_run_id,
        asked_from as changed_at,
        old_price,
        asking_price as new_price,
        asking_price - old_price as change,
        (asking_price - old_price) / old_price as change_share
    from asking_prices
    semi join asked using (listing_id)
    where old_price is not null
)

select * from changed
