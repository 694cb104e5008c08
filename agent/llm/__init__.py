"""Helpers of the LLM planner.

choice.py    which model, from `--model`, NOGLUE_MODEL and the providers' variables      (no langchain)
connect.py   the LangChain chat model of a choice                                        (langchain)
asking.py    one question: modes of structured output, retries, checks, the transcript
modes.py     how a server gives JSON, found out once     spending.py  calls, tokens, cost and their limits
trouble.py   which failures are worth another try         transcript.py  llm.jsonl, and the recorder
recorded.py  a chat model that replays a file             answers.py   the forms that answers have
prompts.py   the prompt files, rendered strictly          evidence.py  what a question tells, quoted and compact
steering.py  what an answer changes in a task or a plan   repair.py    a reader written for files that none knows
shapes.py    values of wishes, held to their forms         believing.py wishes whose words stand in the request
wishing.py   the wishes of the model beside the rules'
"""
