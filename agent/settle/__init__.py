"""From what was asked and what the files hold to what is done: where data come from, which reading of them, repairs."""
