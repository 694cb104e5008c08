import pytest

from noglue.agent.redact import Redactor

SECRETIVE = Redactor({"OPENAI_API_KEY": "sk-very-secret-value", "HOME": "/home/me", "SHORT_KEY": "abc"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key sk-very-secret-value!", "key [redacted]!"),
        ("at /home/me/data.csv", "at /home/me/data.csv"),
        ("https://me:pw@host/x", "https://[redacted]@host/x"),
        ("https://host/x?a=1&X-Amz-Signature=f00&b=2", "https://host/x?a=1&X-Amz-Signature=[redacted]&b=2"),
        ("https://host/x?keyword=cats", "https://host/x?keyword=cats"),
        ("token hf_ABCDEFGHIJ1234", "token [redacted]"),
        ("abc stays: too short to be told from a word", "abc stays: too short to be told from a word"),
        ("mail me@example.org", "mail me@example.org"),
    ],
)
def test_secrets_go_and_the_rest_stays(text: str, expected: str) -> None:
    assert SECRETIVE.text(text) == expected


def test_every_string_of_a_json_value_is_cleaned() -> None:
    value = {"a": ["sk-very-secret-value", 1, None], "b": {"sk-very-secret-value": 2.5}}
    assert SECRETIVE(value) == {"a": ["[redacted]", 1, None], "b": {"[redacted]": 2.5}}
