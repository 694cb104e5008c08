"""What people may see of a text: secrets hidden, what can't be seen made visible.

`addresses.py` URLs · `phrases.py` secrets said in words · `variants.py` one secret in all its spellings ·
`visible.py` control characters and what else steers a terminal · `offering.py` which near name was meant
"""
