"""The sections of the reports, one file each: what is asked of the published tables, and how it is shown."""
