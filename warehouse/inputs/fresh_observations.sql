-- one row per observation of a fresh file
select
    observations.listing_id,
    coalesce(crawl_runs.reparse_of, crawl_run_id) as crawl_run_id,
    observations.scraped_at,
    observations.kind,
    observations.payload_hash
from observations
semi join fresh_files using (file)
left join crawl_runs using (crawl_run_id)
where observations.loaded_at >= (select min(loaded_at) from fresh_files)
