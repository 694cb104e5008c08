"""Unpacking what strangers packed, for `tools/extract.py`.

kinds    what a file is, by its first bytes
packed   an archive as what it lies in: one file, or the parts that it was cut into
guard    which names may be written, and how much
member   what every format gives
members  one archive's members as a stream, whatever its format: `spanning`, `sevenzip`, `rar` for what needs more
unpack   members on to the disk, nested archives too
"""
