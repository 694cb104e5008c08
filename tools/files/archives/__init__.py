"""Unpacking what strangers packed, for `tools/extract.py`.

kinds    what a file is, by its first bytes
guard    which names may be written, and how much
members  one archive's members as a stream, whatever its format
unpack   members on to the disk, nested archives too
"""
