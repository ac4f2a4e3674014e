"""What a model run says of listings: prices, reasons, the offers most like them, and whether they drifted away."""
