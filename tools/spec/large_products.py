"""Matrix products that are worth several threads.

    with large_products(len(rows) ** 3):
        spread, vectors = np.linalg.eigh(rows @ rows.T)

Everything else in a step has one thread for BLAS (`agent/environment.py`): where a fit is a row of thousands of small
products, as L-BFGS on the words of 1,300 texts, threads that wait for each other at the end of each take sixty times
as long when another program holds a processor, and gain little when none does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from noglue.tools.spec.slowness import cores

LARGE = 1e9  # operations, some ten milliseconds of one processor


@contextmanager
def large_products(operations: float) -> Iterator[None]:
    """As many threads as there are processors. operations: floating-point, of one product; fewer than 1e9: no change.

    The choice depends on the work alone, as results differ in their last bits with the number of threads.
    """
    if operations < LARGE:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(cores(), "blas"):
        yield
