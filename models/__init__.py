"""Learns asking prices and judges what it learned; knows neither Prefect nor Scrapy."""
