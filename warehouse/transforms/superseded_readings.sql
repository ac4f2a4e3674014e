-- one row per landed reading of a kept page that a later reading of the same page takes the place of
with

reparsed as (
    select
        observations.listing_id,
        observations.scraped_at,
        observations.crawl_run_id,
        observations.loaded_at,
        crawl_runs.reparse_of
    from observations
    inner join crawl_runs using (crawl_run_id)
    where crawl_runs.reparse_of is not null
),

superseded as (
    select
        observations.listing_id,
        observations.crawl_run_id,
        observations.file,
        observations.line_number,
        min(reparsed.loaded_at) as superseded_at
    from observations
    inner join reparsed using (listing_id, scraped_at)
    where observations.page = 'detail'
        and (
            observations.crawl_run_id = reparsed.reparse_of
            or (
                starts_with(observations.crawl_run_id, 'reparse-' || reparsed.reparse_of || '-')
                and observations.crawl_run_id < reparsed.crawl_run_id
            )
        )
    group by all
)

select * from superseded
