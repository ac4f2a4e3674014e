-- Who is loading what, where several loaders share the warehouse; always empty on the single file, which is locked.

create table claims (
    file varchar,           -- as in landing_files
    loader varchar,
    lease_ends_at timestamptz   -- from then on another loader may claim the file
);

-- One row that every claim counts up: inserts alone never conflict, with it one of two claims at once tries again.
create table claim_tickets (number bigint);

insert into claim_tickets values (0);
