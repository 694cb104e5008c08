"""What `report` writes: `page.html` and `page.md` around the sections, one file each, in the order of their names.

A new section is a new file `sections/45_samples.html`; it shows itself where the facts it needs are there.
"""
