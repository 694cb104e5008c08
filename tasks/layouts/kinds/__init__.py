"""One file for each kind of layout; see `tasks/layouts/layout.py`."""
