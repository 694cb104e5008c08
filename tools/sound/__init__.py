"""Recordings: decoded to one rate, kept, and turned into spectrograms. What is learned from them: `tools/models/`."""
