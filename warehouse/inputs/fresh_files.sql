-- one row per file that is loaded and that the derived tables do not hold yet
select file, min(loaded_at) as loaded_at
from landing_files
anti join refreshed_files using (file)
where status = 'loaded'
group by file
