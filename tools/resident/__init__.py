"""A finished model in a process of its own: what it is asked, what it answers, and how both travel."""
