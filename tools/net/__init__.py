"""Fetching and reading what the web holds, for `tools/download.py` and `tools/sources/`.

transport   a requests session whose sockets come from the sandbox's channel
failures    what went wrong, as a DataError
store       the cache that runs share: objects by SHA-256, an index by URL, partial files
fetch       one URL into the store: conditional, resumed, verified
stream      the bytes of one response into a partial file
checksums   `md5:…`, SHA256SUMS files
names       file names and kinds from URLs and headers
pages       links, checksums, title and licence of an HTML page
choose      which of a page's links are the data set
reach       short answers for searching: JSON, pages, first bytes; remembered for the step
places      GitHub, Hugging Face, Kaggle: from the page a person sees to the files
"""
