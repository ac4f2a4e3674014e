-- one row per market: its latest promoted model run, which scores its listings from the next scoring on
select
    market,
    arg_max(model_run_id, promoted_at) as model_run_id,
    max(promoted_at) as promoted_at,
    arg_max(reason, promoted_at) as promotion_reason
from promotions
group by market
