"""The reports that people look at: one HTML page each, without a script and without a request."""
