"""CIFAR-10 (JPEG copy), the bare training: `python -m tests.bench.cifar --data FOLDER --minutes 9.25 --seeds 0 1`."""

from tests.bench import images

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

if __name__ == "__main__":
    images.main(images.parquet, NAMES, "../shared/data/cifar10-jpeg", 9.25, "CIFAR-10 (JPEG copy)")
