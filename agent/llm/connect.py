"""The LangChain chat model of a choice. The one place that names providers' peculiarities."""

import re
from typing import TYPE_CHECKING, Any

from noglue.agent.llm.choice import KEYS, Choice
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_TOKENS = 3_000  # of one answer: a written reader is the longest
EXTRA = "pip install 'noglue[llm]'"


def connect(choice: Choice, timeout: float) -> "BaseChatModel":
    """A model that has not been asked anything yet. Retries are `asking.py`'s own.

    Raises BadUsage `missing-package` (which pip command), `model` (a missing key, an unknown name), StepFailed
    `model-unreachable` where a server has to be asked for its model's name.
    """
    if choice.provider == "recorded":
        from noglue.agent.llm.recorded import Recorded

        return Recorded.load(choice.name)
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        hint = f"{EXTRA} installs it."
        raise BadUsage(Kind.MISSING_PACKAGE, f"Using {choice} needs LangChain.", hint=hint) from error
    if choice.provider in ("openai", "anthropic") and choice.key is None and choice.base_url is None:
        raise _no_key(choice)
    name = choice.name or first_model(choice, timeout)
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=choice.provider, **_options(choice, timeout))
        return model
    except ImportError as error:
        package = _package(str(error))
        raise BadUsage(
            Kind.MISSING_PACKAGE, f"{choice.provider} models need the package {package}.", hint=f"pip install {package}"
        ) from error
    except Exception as error:  # each provider has its own error for a missing key
        if choice.key is None and choice.provider in KEYS and "key" in str(error).lower():
            raise _no_key(choice) from error
        first = next((line.strip() for line in str(error).splitlines()[::-1] if "key" in line.lower()), str(error))
        raise BadUsage(
            Kind.MODEL, f"The model {choice} can't be used: {first}", hint="`noglue doctor` tries it."
        ) from error


def _no_key(choice: Choice) -> BadUsage:
    variables = " or ".join(KEYS[choice.provider])
    return BadUsage(
        Kind.MODEL,
        f"The model {choice} needs a key: {variables} is not set.",
        hint="Set it in the environment, or in a file .env in the working directory.",
    )


def _options(choice: Choice, timeout: float) -> dict[str, Any]:
    """Settings in each provider's own words."""
    if choice.provider == "ollama":
        options: dict[str, Any] = {"num_predict": MAX_TOKENS, "client_kwargs": {"timeout": timeout}, "temperature": 0}
    else:
        options = {"max_tokens": MAX_TOKENS, "timeout": timeout, "max_retries": 0}
    if choice.provider == "google_genai":
        options["max_retries"] = 1  # it counts tries, not repetitions
    if choice.base_url is not None:
        options["base_url"] = choice.base_url
    if choice.key is not None:
        options["api_key"] = choice.key
    if choice.provider == "openai" and choice.base_url is not None:
        # ChatOpenAI renames max_tokens to max_completion_tokens, which llama.cpp's server does not know.
        options |= {"temperature": 0, "extra_body": {"max_tokens": MAX_TOKENS}}
    return options


def first_model(choice: Choice, timeout: float) -> str:
    """What an OpenAI-compatible server calls the first of its models."""
    try:
        import openai
    except ImportError as error:
        raise BadUsage(Kind.MISSING_PACKAGE, "Asking a server for its models needs openai.", hint=EXTRA) from error
    try:
        with openai.OpenAI(base_url=choice.base_url, api_key=choice.key, timeout=timeout, max_retries=0) as client:
            found = [model.id for model in client.models.list()]
    except openai.OpenAIError as error:
        raise StepFailed(
            Kind.MODEL_UNREACHABLE, f"{choice.base_url} did not say which models it has: {error}", hint="Is it running?"
        ) from error
    if not found:
        raise BadUsage(Kind.MODEL, f"{choice.base_url} has no model.", hint="Load one, or name it: openai:NAME.")
    return found[0]


def _package(said: str) -> str:
    """From LangChain's `… requires the langchain-groq package. …`."""
    match = re.search(r"langchain[-_][a-z0-9_-]+", said)
    return match[0].replace("_", "-") if match else "that its provider documents"
