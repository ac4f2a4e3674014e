-- The wider range of a prediction, and why its model run cannot judge the listing.

alter table predictions add column lower_95 double;
alter table predictions add column upper_95 double;
alter table predictions add column reason_code varchar;
