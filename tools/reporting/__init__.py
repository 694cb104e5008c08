"""What `report` writes: sections, a file each, in the order of their names; in HTML inside `page.html`.

A new section is a new file `sections/45_samples.html`; it shows itself where the facts it needs are there.
"""
