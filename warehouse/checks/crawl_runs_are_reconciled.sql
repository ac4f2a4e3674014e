-- every crawl run has its row in reconciliation, and reconciliation no other
select crawl_run_id, crawl_runs.site, reconciliation.landed_rows
from crawl_runs
full join reconciliation using (crawl_run_id)
where crawl_runs.finish_reason is null or reconciliation.landed_rows is null
