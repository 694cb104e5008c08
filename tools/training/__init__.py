"""What the families that learn by gradient descent share: the loop and its clock, checkpoints, pixels, augmentation."""
