-- every reject says why, and which crawl run landed it
select rejects.crawl_run_id, rejects.reject_reason, rejects.file, rejects.line_number
from rejects
left join crawl_runs using (crawl_run_id)
where crawl_runs.finish_reason is null or rejects.reject_reason is null
