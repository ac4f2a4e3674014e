-- a crawl run ends after it began, and its health is a word of ours
select crawl_run_id, site, market, started_at, finished_at, health
from crawl_runs
where site is null
    or market is null
    or started_at > finished_at
    or first_scraped_at > last_scraped_at
    or health not in ('healthy', 'partial', 'blocked', 'changed', 'failed')
