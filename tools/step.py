"""Runs one step of the set-up: quiet when it works, one plain sentence when it does not.

    python3 tools/step.py "Installing packages ..." .venv/bin/python -m pip install …
"""

from __future__ import annotations

import re
import subprocess
import sys

DISK = "about 1 GB"  # what all of the set-up takes, with what the tests need (README.md)
# What tools say when the machine is at fault and not the step; the first that fits is told.
REASONS = (
    (r"No space left on device|ENOSPC|Disk quota exceeded|EDQUOT",
     f"the disk is full. Make room ({DISK} are needed), then run the same command again"),
    (r"Temporary failure in name resolution|Name or service not known|getaddrinfo|ENOTFOUND|EAI_AGAIN"
     r"|Network is unreachable|ENETUNREACH|Connection refused|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
     r"|No route to host|EHOSTUNREACH|Read timed out|ConnectTimeout|NewConnectionError|ProxyError"
     r"|Failed to establish a new connection|RemoteDisconnected|nodename nor servname",
     "packages could not be fetched: nothing answers there. Is this machine on the network, and does "
     "it need a proxy (https_proxy) or a mirror (PIP_INDEX_URL, npm_config_registry)? Then run the same "
     "command again: it goes on where it stopped"),
    (r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SELF_SIGNED_CERT"
     r"|UNABLE_TO_(?:GET|VERIFY)\w*CERT\w*",
     "packages could not be fetched: the certificate of what answers is not trusted here. Install "
     "ca-certificates; behind a proxy that shows its own, name it: PIP_CERT and NODE_EXTRA_CA_CERTS"),
    (r"DO NOT MATCH THE HASHES|EINTEGRITY",
     "a package that was fetched is not the one that is locked. Nothing of it was installed; try "
     "another mirror, and tell us if it goes on"),
    (r"Read-only file system|EROFS|Permission denied|EACCES",
     "something may not be written here. Run it as the user to whom this folder belongs, or clone it "
     "anew where you may write"),
    (r"No matching distribution found|Could not find a version",
     "a package that is locked is not to be had for this Python or machine: Python 3.11 to 3.14 on "
     "64-bit Linux or macOS are tried out"),
)
LAST_LINES = 5


def explain(output: str) -> str:
    """What to do about a step that failed with *output*; its last lines when it is none of the known."""
    for pattern, sentence in REASONS:
        if re.search(pattern, output):
            return sentence
    lines = [line for line in output.splitlines() if line.strip()]
    return "\n".join(["it ended with:", *lines[-LAST_LINES:]])


def main(label: str, *command: str) -> int:
    print(label, flush=True)
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        print(f"{label.rstrip(' .')}: {command[0]}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if done.returncode:
        print(f"{label.rstrip(' .')}: {explain(done.stdout + done.stderr)}", file=sys.stderr)
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
