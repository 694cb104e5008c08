"""The LangChain chat model of a choice. The one place that names providers' peculiarities."""

import os
import re
from typing import TYPE_CHECKING, Any

from noglue.agent.llm.choice import KEYS, Choice
from noglue.agent.llm.ways import NAMES, Ways
from noglue.tools.spec.errors import BadUsage, Kind

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

EXTRA = "pip install 'noglue[llm]'"
COMPATIBLE = {  # providers that speak OpenAI's protocol, and where
    "deepseek": "https://api.deepseek.com/v1",
    "fireworks": "https://api.fireworks.ai/inference/v1",
    "groq": "https://api.groq.com/openai/v1",
    "mistralai": "https://api.mistral.ai/v1",
    "nvidia": "https://integrate.api.nvidia.com/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "together": "https://api.together.xyz/v1",
    "xai": "https://api.x.ai/v1",
}
AZURE_VERSION = "2024-10-21"  # of Azure's interface, where OPENAI_API_VERSION names none


def usual_ways(choice: Choice) -> Ways:
    """How a server is asked at first: those of OpenAI's own take the newer name of the limit alone."""
    own = choice.provider in ("openai", "azure_openai") and (choice.base_url is None or choice.provider != "openai")
    return Ways(
        limit=NAMES[1] if own else NAMES[0], temperature=choice.provider == "ollama" or choice.base_url is not None
    )


def speaks_openai(choice: Choice) -> bool:
    return choice.provider in ("openai", "azure_openai") or choice.provider in COMPATIBLE


def connect(choice: Choice, timeout: float, ways: Ways, transport: Any) -> "BaseChatModel":
    """A model that has not been asked anything yet. Retries are `failures.py`'s own.

    Raises BadUsage `missing-package` (which pip command), `model` (a missing key, an unknown name).
    """
    if choice.provider == "recorded":
        from noglue.agent.llm.recorded import Recorded

        return Recorded.load(choice.name)
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        hint = f"{EXTRA} installs it."
        raise BadUsage(Kind.MISSING_PACKAGE, f"Using {choice} needs LangChain.", hint=hint) from error
    if (choice.provider in KEYS and choice.provider != "google_genai") and choice.key is None and not choice.base_url:
        raise _no_key(choice)
    provider = "openai" if choice.provider in COMPATIBLE else choice.provider
    try:
        options = _options(choice, timeout, ways, transport)
        model: BaseChatModel = init_chat_model(choice.name, model_provider=provider, **options)
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
    return _guarded(model, transport) if choice.provider == "anthropic" else model


def _guarded(model: Any, transport: Any) -> Any:
    """ChatAnthropic takes no client, but makes its own once: that one, on the transport that is bounded."""
    import anthropic

    http_client = anthropic.DefaultHttpxClient(transport=transport)
    model.__dict__["_client"] = model._client.with_options(http_client=http_client)
    return model


def _no_key(choice: Choice) -> BadUsage:
    variables = " or ".join(KEYS[choice.provider])
    return BadUsage(
        Kind.MODEL,
        f"The model {choice} needs a key: {variables} is not set.",
        hint="Set it in the environment, or in a file .env in the working directory.",
    )


def _options(choice: Choice, timeout: float, ways: Ways, transport: Any) -> dict[str, Any]:
    """Settings in each provider's own words."""
    if choice.provider == "ollama":
        options: dict[str, Any] = {"num_predict": ways.most, "client_kwargs": {"transport": transport}}
    elif speaks_openai(choice):
        options = {"max_retries": 0, "http_client": _client(transport)}
    elif choice.provider == "google_genai":  # it counts tries, not repetitions
        options = {"max_tokens": ways.most, "max_retries": 1, "client_args": {"transport": transport}}
    else:
        options = {"max_tokens": ways.most, "timeout": timeout, "max_retries": 0}
    if choice.provider == "azure_openai":
        options |= {"azure_endpoint": choice.base_url, "azure_deployment": choice.name}
        options |= {} if os.environ.get("OPENAI_API_VERSION") else {"api_version": AZURE_VERSION}
    elif base := choice.base_url or COMPATIBLE.get(choice.provider):
        options["base_url"] = base
    if choice.key is not None:
        options["api_key"] = choice.key
    if ways.temperature:
        options["temperature"] = 0
    return options


def body(choice: Choice, ways: Ways) -> dict[str, Any]:
    """What a question's body holds beside the words, for servers that speak OpenAI's protocol.

    Here and not among the options, since ChatOpenAI renames max_tokens, and llama.cpp's server knows no other name.
    """
    return {ways.limit: ways.most} if ways.limit else {}


def _client(transport: Any) -> Any:
    import openai

    return openai.DefaultHttpxClient(transport=transport)


def _package(said: str) -> str:
    """From LangChain's `… requires the langchain-groq package. …`."""
    match = re.search(r"langchain[-_][a-z0-9_-]+", said)
    return match[0].replace("_", "-") if match else "that its provider documents"
