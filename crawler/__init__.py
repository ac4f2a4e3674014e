"""Reads used-car sites as they say it and writes landing files; knows no database and cleans nothing."""
