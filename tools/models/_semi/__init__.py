"""What `semi_gan` and `pseudo_labels` are made of: networks, losses, views, pseudo-labels."""
