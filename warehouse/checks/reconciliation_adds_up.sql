-- every landed line is accounted for: nothing is dropped silently
select *
from reconciliation
where landed_rows <> presence_rows + exact_duplicates + further_observations + rejected + listings
