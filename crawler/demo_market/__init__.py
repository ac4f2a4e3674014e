"""The demo market: a small web site of ours that serves used cars over simulated days; it knows no spider."""
