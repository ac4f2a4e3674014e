-- what scores a market's listings is a recorded model run of that market
select champions.market, champions.model_run_id
from champions
left join model_runs using (model_run_id, market)
where model_runs.trained_at is null and model_runs.estimator is null
