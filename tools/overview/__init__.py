"""What the training rows look like, column by column, and how much each column has to do with the target.

`prepare` looks once it has written the splits, and leaves `data/overview/`; the report draws it. Never a sealed row.
"""
