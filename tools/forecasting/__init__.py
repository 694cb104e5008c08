"""Series that go on: their grid of times, what is known of them up to a moment, seasons, horizons, rolling origins."""
