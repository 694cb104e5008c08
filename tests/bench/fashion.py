"""Fashion-MNIST, the bare training: `python -m tests.bench.fashion --minutes 4.33 --seeds 0 1`; MNIST with its --data.

The classes are named 0…9, as the IDX files know no names, so that nothing is mirrored.
"""

from tests.bench import images

if __name__ == "__main__":
    names = [str(number) for number in range(10)]
    images.main(images.idx, names, "/usr/share/datasets/fashion-mnist", 4.33, "IDX images (Fashion-MNIST, MNIST)")
