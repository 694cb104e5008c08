"""What `semi_gan` is made of: a discriminator that classifies, a generator that keeps it honest, few labels."""
