-- one row per station and site or market that it works on: when it last ran and last succeeded, and how long ago
-- A view, so that an age is that of the moment in which it is asked for.
with

dated as (
    select
        *,
        max(ops_run_id) filter (outcome = 'succeeded') over (partition by station, subject) as last_succeeded_id
    from ops_runs
),

summed as (
    select
        station,
        subject,
        max(started_at) as last_started_at,
        max(finished_at) filter (outcome = 'succeeded') as last_succeeded_at,
        round(
            date_diff('minute', max(finished_at) filter (outcome = 'succeeded'), now()) / 60, 1
        ) as hours_since_success,
        arg_max(outcome, ops_run_id) as last_outcome,
        count(*) filter (ops_run_id > coalesce(last_succeeded_id, '')) as failures_in_a_row,
        arg_max(coalesce(error, 'it died'), ops_run_id) filter (outcome <> 'succeeded') as last_error
    from dated
    group by station, subject
)

select * from summed
