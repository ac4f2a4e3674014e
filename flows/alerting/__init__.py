"""Saved searches of tasador.toml: what they find, and how it is told."""
