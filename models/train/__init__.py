"""From a frozen snapshot to a model run on disk, in a process of its own, with its pictures, tables and tracking."""
