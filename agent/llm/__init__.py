"""Helpers of the LLM planner.

choice.py    which model is meant, and where              connect.py   the LangChain chat model of a choice
question.py  one question: checks, the transcript          client.py    one server, asked in the form that it takes
transport.py the wire: seconds, bytes, redirects           wire_formats.py  replies as data, errors found in them
offered.py   which models a server has                     ways.py      parameters that it refuses
modes.py     how a server gives JSON, found out once       failures.py  which failures are worth another try
replies.py   a message as an answer                        thoughts.py  what is said aloud
loose_json.py, parsing.py  an answer's JSON and form       spending.py  calls, tokens, cost and their limits
"""
