"""What generators share outside their training: pages of samples, the judge, memorization, provenance."""
