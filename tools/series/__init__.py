"""Time series as arrays: how they are stored, hashed and drawn."""
