-- one row per market: the model run that its listings are scored by, its latest promotion
select
    market,
    arg_max(model_run_id, promoted_at) as model_run_id,
    max(promoted_at) as promoted_at,
    arg_max(reason, promoted_at) as promotion_reason
from promotions
group by market
