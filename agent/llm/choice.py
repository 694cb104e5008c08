"""Which model is meant, and where it answers. Light: no provider's package is imported.

>>> choose("ollama/llama3.2:3b", {})
Choice(provider='ollama', name='llama3.2:3b', base_url=None, key=None)
>>> choose("http://127.0.0.1:8000/v1", {})            # any OpenAI-compatible server; its first model
Choice(provider='openai', name='', base_url='http://127.0.0.1:8000/v1', key='none')
>>> choose("http://127.0.0.1:8000/v1#qwen3", {}).name    # one of several that it serves
'qwen3'
>>> choose("openai:qwen3", {"OPENAI_BASE_URL": "http://gpu:8000/v1"}).key
'none'

The OpenAI key goes to OpenAI and to the server that OPENAI_BASE_URL names, to no other: a URL may be anybody's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from noglue.tools.spec.errors import BadUsage, Kind

ALIASES = {"google": "google_genai", "gemini": "google_genai", "claude": "anthropic", "mistral": "mistralai",
           "azure": "azure_openai"}  # fmt: skip
SERVERS = {"llamacpp": 8080, "llama.cpp": 8080, "vllm": 8000, "lmstudio": 1234}  # programs that speak OpenAI's protocol
PROVIDERS = """
    anthropic azure_ai azure_openai bedrock bedrock_converse cohere deepseek fireworks google_genai google_vertexai
    groq huggingface mistralai nvidia ollama openai openrouter perplexity recorded together upstage xai
"""
BASE_URLS = {  # provider → variables, the first that is set counts
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "anthropic": ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"),
    "ollama": ("OLLAMA_BASE_URL", "OLLAMA_HOST"),
    "openrouter": ("OPENROUTER_BASE_URL", "OPENROUTER_API_BASE"),
    "azure_openai": ("AZURE_OPENAI_ENDPOINT",),
    "google_genai": ("GOOGLE_GEMINI_BASE_URL",),
    "groq": ("GROQ_BASE_URL", "GROQ_API_BASE"),
    "mistralai": ("MISTRAL_BASE_URL", "MISTRAL_API_BASE"),
}
KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google_genai": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "azure_openai": ("AZURE_OPENAI_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks": ("FIREWORKS_API_KEY",),
    "groq": ("GROQ_API_KEY",),
    "mistralai": ("MISTRAL_API_KEY",),
    "nvidia": ("NVIDIA_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "perplexity": ("PPLX_API_KEY", "PERPLEXITY_API_KEY"),
    "together": ("TOGETHER_API_KEY",),
    "upstage": ("UPSTAGE_API_KEY",),
    "xai": ("XAI_API_KEY",),
}
BEGINNINGS = {"gpt-": "openai", "chatgpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai",
              "claude": "anthropic", "gemini": "google_genai", "deepseek": "deepseek", "grok": "xai"}  # fmt: skip
SERVER_KEY = "NOGLUE_MODEL_KEY"  # for a server that is named by its URL, or by one of SERVERS
OPENAI = ("https", "api.openai.com", 443)
NO_KEY = "none"  # what is sent to servers that want none
FORM = "Write PROVIDER:NAME, like openai:gpt-4.1-mini, anthropic:claude-haiku-4-5 or ollama:qwen3, or a server's URL."


@dataclass(frozen=True)
class Choice:
    """base_url: None is the provider's own. key: None leaves it to the provider's package. name: "" is the first."""

    provider: str
    name: str
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)

    @property
    def local(self) -> bool:
        """A server of the user's own: its price is not known, and it may not speak all of the protocol."""
        return self.base_url is not None or self.provider == "ollama"

    def __str__(self) -> str:
        return f"{self.provider}:{self.name or 'first model'}" + (f" at {self.base_url}" if self.base_url else "")


def choose(spec: str, environment: Mapping[str, str]) -> Choice:
    """`provider:name`, `provider/name`, a well-known name alone, or a URL. Raises BadUsage `model`."""
    spec = spec.strip()
    if re.match(r"https?:", spec, re.IGNORECASE):
        address, _, name = spec.partition("#")
        return Choice("openai", name, _url(address), _server_key(address, environment))
    head, mark, rest = _parted(spec)
    if mark and rest and head in SERVERS:
        base = _base_url("openai", environment) or f"http://127.0.0.1:{SERVERS[head]}/v1"
        return Choice("openai", rest, base, _server_key(base, environment))
    provider = ALIASES.get(head, head.replace("-", "_"))
    if mark and rest and provider in PROVIDERS.split():
        return _of(provider, rest, environment)
    guessed = next((name for start, name in BEGINNINGS.items() if spec.lower().startswith(start)), None)
    if guessed is not None and not mark:
        return _of(guessed, spec, environment)
    if spec and _base_url("openai", environment):  # vLLM serves `Qwen/Qwen3-8B` under that very name
        return _of("openai", spec, environment)
    raise BadUsage(Kind.MODEL, f"{spec!r} names no model.", hint=FORM)


def is_hosted(spec: str) -> bool:
    """Whether this names a provider's model: no address, no server of this machine's, no file of answers.

    >>> is_hosted("openai:gpt-4.1-mini"), is_hosted("ollama:qwen3"), is_hosted("http://x/v1"), is_hosted("recorded:x")
    (True, True, False, False)
    """
    head, mark, rest = _parted(spec.strip())
    if mark:
        return bool(rest) and ALIASES.get(head, head.replace("-", "_")) in {*KEYS, "ollama"}
    return any(spec.strip().lower().startswith(start) for start in BEGINNINGS)


def _parted(spec: str) -> tuple[str, str, str]:
    """At the first `:` or `/`: `ollama/llama3.2:3b` → ollama, /, llama3.2:3b."""
    match = re.search(r"[:/]", spec)
    if match is None:
        return spec.lower(), "", ""
    return spec[: match.start()].lower(), match[0], spec[match.end() :]


def _url(spec: str) -> str:
    """Raises BadUsage `model` for a URL without a host."""
    if _server(spec) is None:
        raise BadUsage(
            Kind.MODEL,
            f"{spec!r} is not the URL of a server.",
            hint="Write it like http://127.0.0.1:8080/v1, or …/v1#NAME for one of several models.",
        )
    parts = urlsplit(spec)
    if parts.query:
        raise BadUsage(
            Kind.MODEL, f"{spec!r} has a query, which no server of models takes.", hint="Leave out what follows the ?."
        )
    return _below(spec)


def _below(url: str) -> str:
    """The address below which a server's calls lie, whichever of them was copied: `…/v1/chat/completions` → `…/v1`."""
    return re.sub(r"/+(chat/completions|completions|models|embeddings|responses)/*$|/+$", "", url)


def _server(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None where there is no host, or what stands for the port is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and "://" in url else None


def _server_key(url: str, environment: Mapping[str, str]) -> str:
    """The key for a server that the user named: its own, or OpenAI's where that belongs there."""
    if own := environment.get(SERVER_KEY):
        return own
    base = _base_url("openai", environment)
    belongs = {OPENAI} | ({_server(base)} if base else set())
    return (environment.get("OPENAI_API_KEY") if _server(url) in belongs else None) or NO_KEY


def _of(provider: str, name: str, environment: Mapping[str, str]) -> Choice:
    base = _base_url(provider, environment)
    key = next((environment[variable] for variable in KEYS.get(provider, ()) if environment.get(variable)), None)
    if key is None and base is not None and provider in KEYS:
        key = NO_KEY
    return Choice(provider, name, base, key)


def _base_url(provider: str, environment: Mapping[str, str]) -> str | None:
    """`OLLAMA_HOST` may be a bare `host:port`."""
    url = next((environment[name] for name in BASE_URLS.get(provider, ()) if environment.get(name)), None)
    if url is None:
        return None
    if provider == "ollama" and "://" not in url:
        host, _, port = url.rpartition(":") if ":" in url else (url, "", "11434")
        url = f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port or 11434}"
    return re.sub(r"/(v1|api)$", "", url.rstrip("/")) if provider == "ollama" else _below(url)
