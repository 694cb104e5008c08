"""What the families for time series share."""
