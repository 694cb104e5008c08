"""What `semi_gan` (a discriminator that classifies, a generator that keeps it honest) and `pseudo_labels` are made of."""
