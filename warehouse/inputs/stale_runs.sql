-- one row per crawl run that a fresh file is of; files of a part of a run belong to the whole
select distinct regexp_replace(split_part(file, '/', 2), '\.\d+of\d+$', '') as crawl_run_id
from fresh_files
