"""The fraction of rows whose class is among the five most probable ones.

Without a value where there are no more than five classes, as it would be 1.
"""

from noglue.tools.metrics._top import top

METRIC = top(5, "five")
