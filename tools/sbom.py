"""``make sbom``: what the portal is made of, as CycloneDX 1.6, from the lock files alone."""

from __future__ import annotations

import configparser
import json
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.packages import ROOT, Package, packages


def sbom(found: list[Package], version: str, now: datetime) -> dict[str, Any]:
    """The whole document; what only builds or tests the portal is ``excluded`` from what runs."""
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "component": {"type": "application", "name": "trackmycrime", "version": version,
                          "bom-ref": "trackmycrime"},
        },
        "components": [
            {
                "type": "library", "bom-ref": one.purl, "purl": one.purl, "name": one.name,
                "version": one.version, "scope": "required" if one.serves else "excluded",
                # One of these is the file that was installed; which one depends on the machine.
                "properties": [
                    {"name": f"trackmycrime:locked:{kind}", "value": value}
                    for kind, value in one.hashes
                ],
            }
            for one in found
        ],
        "dependencies": [
            {"ref": "trackmycrime", "dependsOn": [one.purl for one in found if one.serves]}
        ],
    }


def main(path: str) -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    made = sbom(packages(), config["metadata"]["version"], datetime.now(UTC))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    serving = sum(one["scope"] == "required" for one in made["components"])
    print(f"{path}: {len(made['components'])} packages, {serving} of them serve")


if __name__ == "__main__":
    main(sys.argv[1])
