"""Loads landing files, understands their strings and keeps their history in DuckDB; knows no estimators."""
