"""What the families for texts share: features of words and characters, sentence embeddings, linear models on both."""
