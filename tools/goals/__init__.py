"""Goals. A file holds `GOAL = GoalPlugin(…)`; see `tools/spec/goals.py`."""
