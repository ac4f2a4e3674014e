-- a crawl whose health is told is a crawl run, and says how much it cost without going below nothing
select crawl_health.crawl_run_id, crawl_health.seconds, crawl_health.requests, crawl_health.new_listings
from crawl_health
left join crawl_runs using (crawl_run_id)
where crawl_runs.finish_reason is null
    or crawl_health.seconds < 0
    or crawl_health.requests < 0
