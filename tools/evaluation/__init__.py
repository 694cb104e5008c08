"""What `evaluate` finds out about a model, in parts. Its modules but two use numpy."""
