"""Measures Tasador against limits, one file per question; each prints JSON lines. See README.md."""
