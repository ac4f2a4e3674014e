"""The spiders: one per access method, none per site. They follow links; the page classes read."""
