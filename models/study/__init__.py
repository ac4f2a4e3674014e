"""The architecture study: a table of network variants, each trained and measured in a process of its own."""
