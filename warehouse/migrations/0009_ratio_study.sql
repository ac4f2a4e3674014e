-- What a model run is judged by besides: shares within limits, and the ratio study.

alter table model_runs add column log_mae double;
alter table model_runs add column within_5 double;
alter table model_runs add column within_10 double;
alter table model_runs add column within_20 double;
alter table model_runs add column median_ratio double;
alter table model_runs add column cod double;
alter table model_runs add column prd double;
alter table model_runs add column prb double;
