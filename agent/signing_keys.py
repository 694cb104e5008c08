"""The run's own Ed25519 key: made when it first signs something, and never mounted into a step's sandbox.

keys/ed25519.pem       the private key (PKCS #8), for its owner's eyes alone (mode 0600)
keys/ed25519.pub.pem   the public key, to be handed to whoever wants to check what the run signed
"""

import os
import stat
from pathlib import Path

from noglue.agent.run_folder import write_atomic
from noglue.tools.files.step_result import read_result
from noglue.tools.generation.signing import SigningKey, public_key
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed

FOLDER, PRIVATE, PUBLIC = "keys", "ed25519.pem", "ed25519.pub.pem"
_LIMIT = 64 << 10


def own(run: Path) -> SigningKey:
    """The key that this run signs with. Called under the run's lock. Raises StepFailed `key` for a damaged one."""
    folder = run / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if not stat.S_ISDIR(os.lstat(folder).st_mode):
        raise StepFailed(Kind.KEY, f"{folder} is not a folder.", hint="Remove it; the next batch makes a new key.")
    try:
        return SigningKey.from_pem(read_result(folder / PRIVATE, _LIMIT))
    except FileNotFoundError:
        key = SigningKey.new()
    except ValueError as error:
        raise StepFailed(
            Kind.KEY,
            f"The run's key {folder / PRIVATE} is damaged.",
            hint="Bring it back from a copy. Without it remove `keys/`: a new key is made, and signatures differ.",
        ) from error
    write_atomic(folder / PUBLIC, key.public_pem().decode("ascii"))
    write_atomic(folder / PRIVATE, key.pem().decode("ascii"), private=True)
    return key


def public(run: Path) -> str:
    """The run's public key, raw, in hexadecimal. Raises BadUsage `no-key` where the run has none that can be read."""
    file = run / FOLDER / PUBLIC
    try:
        return public_key(read_result(file, _LIMIT))
    except (OSError, ValueError) as error:
        raise BadUsage(
            Kind.NO_KEY, f"The run {run.name} has no key that can be read: it has signed nothing.", hint=f"See {file}."
        ) from error
