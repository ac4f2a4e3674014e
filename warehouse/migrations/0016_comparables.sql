-- The offers most similar to each live listing, as the last scoring of its market found them.

create table comparables (
    market varchar,
    listing_id varchar,
    rank integer,
    comparable_listing_id varchar,
    distance double,
    price double,
    currency varchar,
    months_older integer,
    miles_more double,
    has_same_trim boolean,
    has_same_descriptor boolean,
    has_same_seller boolean,
    has_same_region boolean,
    days_gone integer
);
