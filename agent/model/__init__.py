"""A finished model in Python: kept in memory, asked with data frames, arrays, texts and pictures."""
