"""From what providers name to data worth downloading, for `tools/search.py`.

words       a request's words and a page's words in one form; what is filler; the same words in English
relevance   how much of a request a text answers
resolving   from a page to the files on it
previewing  what the first bytes say: the format, the columns, the kinds of file in an archive
licences    what a licence does not allow
inspecting  a candidate's files, by their first bytes
judging     score, reasons and doubts of a candidate
merging     one data set found by several providers
assessing   all of it in order: from what was named to a list, best first
"""
