"""The fraction of rows whose class is among the three most probable ones.

Without a value where there are no more than three classes, as it would be 1.
"""

from noglue.tools.metrics._top import top

METRIC = top(3, "three")
