"""Requests with secrets in them, for the tests: what is said, and what must not be seen of it anywhere."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

SAID = [
    # in commands, variables and headers
    ("mysql -u root -phunter5pw9 shop", ["hunter5pw9"]),
    ("sshpass -p Xyz1abc ssh me@host", ["Xyz1abc"]),
    ("KAGGLE_KEY=0123456789abcdef0123456789abcdef", ["0123456789abcdef0123456789abcdef"]),
    ('{"username":"me","key":"0123456789abcdef0123456789abcdef"}', ["0123456789abcdef0123456789abcdef"]),
    ("header X-Auth: qwertyuiop12", ["qwertyuiop12"]),
    ("Ocp-Apim-Subscription-Key: abcdef12345", ["abcdef12345"]),
    ("Authorization = Bearer abcdefgh1234", ["abcdefgh1234"]),
    # in an address
    ("http://me:p%40ss5word@127.0.0.1:9/x.csv", ["p%40ss5word", "p@ss5word"]),
    ("http://me:p@ss5word@127.0.0.1:9/x.csv", ["p@ss5word", "ss5word"]),
    ("https://me:p/ss?5#rd@host.example/x.csv", ["p/ss?5#rd", "5#rd"]),
    ("https://:only5ecret@host.example/x.csv", ["only5ecret"]),
    ("https://ghp_0123456789abcdefghij@host.example/x.csv", ["ghp_0123456789abcdefghij"]),
    ("ftp://ü:pä5swörter@höst.example/x.csv", ["pä5swörter"]),
    ("s3://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7@bucket/x.csv", ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7"]),
    ("me:hunter2pw@host.example/x.csv", ["hunter2pw"]),
    ("//me:hunter2pw@host.example/x.csv", ["hunter2pw"]),
    ("http:/me:hunter2pw@host.example/x.csv", ["hunter2pw"]),
    ("https://host.example/x.csv?pwd=abcd", ["abcd"]),
    ("https://host.example/x.csv?auth=4bcd&page=2", ["4bcd"]),
    ("https://host.example/x.csv?code=9876543", ["9876543"]),
    ("https://host.example/x.csv?session=s3ss10n", ["s3ss10n"]),
    ("https://host.example/x.csv?page=2;sig=s1gn4ture", ["s1gn4ture"]),
    ("https://host.example/x.csv?X-Amz-Signature=fe00fe00", ["fe00fe00"]),
    ("https://host.example/x.csv?key=letmein", ["letmein"]),
    ("https://host.example/x.csv?%70wd=letmein", ["letmein"]),
    ("https://host.example/x.csv?whatever=un5een", ["un5een"]),
    ("https://host.example/x.csv?a1b2c3d4e5f6a7b8", ["a1b2c3d4e5f6a7b8"]),
    ("https://host.example/x.csv#access_token=fr4gment", ["fr4gment"]),
    ("https://host.example/x;jsessionid=A1B2C3/x.csv", ["A1B2C3"]),
    ("https%3A%2F%2Fme%3Ahunter2pw%40host.example%2Fx.csv", ["hunter2pw"]),
    # in words
    ("my password is Sw0rdfish", ["Sw0rdfish", "swordfish0", "sw0rdfish"]),
    ("password: abcd", ["abcd"]),
    ("Passwort: geheimnis", ["geheimnis"]),
    ("mein Kennwort lautet Apfelbaum", ["Apfelbaum"]),
    ("contraseña: s3creta", ["s3creta"]),
    ("мой пароль: zvezda77", ["zvezda77"]),
    ("密码是zvezda77", ["zvezda77"]),
    ("token: t0ken-abc", ["t0ken-abc"]),
    ("use the api key k3y-abcdef", ["k3y-abcdef"]),
    ("DB_PASSWORD=hunter2pw", ["hunter2pw"]),
    ('{"password": "hunter2pw"}', ["hunter2pw"]),
    ('{\\"password\\": \\"hunter2pw\\"}', ["hunter2pw"]),
    ('my password is "two words5"', ["two words5", "words5"]),
    ("host=db user=me password=hunter2pw", ["hunter2pw"]),
    ("Server=db;Uid=me;Pwd=hunter2pw;", ["hunter2pw"]),
    ("log in as me / hunter2pw", ["hunter2pw"]),
    ("hunter2pw is the password", ["hunter2pw"]),
    ("Authorization: Bearer abc.def-123", ["abc.def-123"]),
    ("Authorization: Basic bWU6aHVudGVyMnB3", ["bWU6aHVudGVyMnB3"]),
    ("curl -u me:hunter2pw", ["hunter2pw"]),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfi", ["wJalrXUtnFEMI/K7MDENG/bPxRfi"]),
    (
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----",
        ["b3BlbnNzaC1rZXk"],
    ),
    ("glpat-0123456789abcdefghij", ["glpat-0123456789abcdefghij"]),
]
HARMLESS = [
    "join them on key=customer_identifier",
    "the key is customer_id and the author: Smith",
    "learn price from KEY_FIGURES.csv",
    "https://host.example/x.csv?page=2&format=csv&id=61",
    "https://fred.example/graph.csv?id=UNRATE#section-2",
    "https://unpkg.example/pkg@1.2/file.csv",
    "https://host.example:8080/a@b.org/x.csv",
    "mail me@example.org",
    "predict whether the password is strong or weak from passwords.csv",
    "token classification: the token column of tokens.csv",
    "password: string, token: int64",
    "basic classification of iris by species",
    "the key is species",
]


def spellings(secret: str) -> list[str]:
    """The ways in which a secret comes back: encoded, escaped, in another case."""
    packed = base64.b64encode(f"me:{secret}".encode()).decode()
    return [secret, secret.upper(), quote(secret, safe=""), quote_plus(secret), quote(quote(secret, safe=""), safe=""),
            json.dumps(secret)[1:-1], html.escape(secret), secret.encode().hex(), packed.rstrip("="),
            base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
            "".join(f"&#{ord(letter)};" for letter in secret)]  # fmt: skip
