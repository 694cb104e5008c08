"""What the GAN families share: two players, their losses and penalties, one training loop, the watch over it."""
