-- one row per reading of an asked listing that says what it is, in order, as scraped and loaded by the point_in_time
with

known as (
    select *
    from observations
    semi join asked using (listing_id)
    where payload_hash is not null
        and scraped_at <= (select coalesce(as_of, 'infinity'::timestamptz) from point_in_time)
        and loaded_at <= (select coalesce(as_of, 'infinity'::timestamptz) from point_in_time)
),

superseded as (
    select file, line_number
    from superseded_readings
    where superseded_at <= (select coalesce(as_of, 'infinity'::timestamptz) from point_in_time)
),

numbered as (
    select
        known.listing_id,
        known.site,
        known.market,
        known.scraped_at,
        known.payload_hash,
        coalesce(crawl_runs.reparse_of, known.crawl_run_id) as crawl_run_id,
        parses.asking_price,
        row_number() over (
            partition by known.listing_id order by known.scraped_at, known.file, known.line_number
        ) as sequence
    from known
    inner join parses using (payload_hash)
    left join crawl_runs using (crawl_run_id)
    anti join superseded on known.file = superseded.file and known.line_number = superseded.line_number
    where parses.reject_reason is null
)

select * from numbered
