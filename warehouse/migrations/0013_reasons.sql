-- Why a predicted price is what it is: where it starts from, and what moves it most from there.

alter table predictions add column typical_price double;
alter table predictions add column reasons struct(reason varchar, amount double)[];
