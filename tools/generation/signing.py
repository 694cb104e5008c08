"""Ed25519 signatures (RFC 8032) over JSON objects, and the hash of a model's folder.

    >>> key = SigningKey.new()
    >>> signed = key.sign("noglue-image-1", {"seed": 7})
    >>> signed
    {'seed': 7, 'public_key': '8f2c…', 'signature': '41ab…'}
    >>> genuine("noglue-image-1", signed)
    True

What is signed, byte for byte: the purpose, a line feed, then the object without `signature`, as JSON with its keys
sorted, no spaces, and everything beyond ASCII escaped:

    noglue-image-1⏎{"public_key":"8f2c…","seed":7}

`public_key` is the raw key, 32 bytes in hexadecimal; `signature` 64 bytes likewise. A key's fingerprint is the
beginning of the SHA-256 of the raw key.
"""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SigningKey:
    """A private key in memory."""

    def __init__(self, private: "Ed25519PrivateKey") -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw().hex()

    @classmethod
    def new(cls) -> "SigningKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Raises ValueError for anything but an Ed25519 private key."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            private = load_pem_private_key(pem, password=None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError(str(error)) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return cls(private)

    def pem(self) -> bytes:
        """PKCS #8, as `openssl pkey` reads it."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public_pem(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, purpose: str, content: dict[str, Any]) -> dict[str, Any]:
        """The content with `public_key` and `signature` added."""
        named = content | {"public_key": self.public}
        return named | {"signature": self._private.sign(message(purpose, named)).hex()}


def public_key(pem: bytes) -> str:
    """The raw key in hexadecimal. Raises ValueError for anything but an Ed25519 public key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return public.public_bytes_raw().hex()


def genuine(purpose: str, signed: dict[str, Any]) -> bool:
    """Whether the content is what the holder of its own `public_key` signed for this purpose."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    body = {name: value for name, value in signed.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed["public_key"]))
        key.verify(bytes.fromhex(signed["signature"]), message(purpose, body))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def message(purpose: str, content: dict[str, Any]) -> bytes:
    return f"{purpose}\n{canonical(content)}".encode("ascii")


def canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def fingerprint(public: str) -> str:
    """`SHA256:1f3a5c7e9b2d4f60` of a raw key in hexadecimal."""
    return f"SHA256:{hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]}"


def model_sha256(folder: Path) -> str:
    """One hash of everything in a model's folder but its cards (*.md). The same as

    cd model && find * -type f ! -name '*.md' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum
    """
    total = hashlib.sha256()
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink() and file.suffix != ".md"]
    for name, file in sorted((file.relative_to(folder).as_posix().encode(), file) for file in files):
        with file.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").hexdigest().encode() + b"  " + name + b"\n")
    return total.hexdigest()
