-- How each crawl run went; null for an import, and for a crawl from before there was a verdict.

alter table manifests add column health varchar;  -- healthy, partial, blocked, changed or failed

alter table manifests add column health_reason varchar;
