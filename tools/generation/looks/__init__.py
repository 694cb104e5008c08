"""Ways to see a picture as numbers that need no training: they take the place of a judge that has learned nothing, and
stand beside one that has, as they see where things are, which way they face and their colours. A file each:

    NAME                    in words
    describe(pixels, seed)  uint8 (n, h, w, c) → float32 (n, d); the same picture and seed give the same numbers
"""
