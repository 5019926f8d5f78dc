"""Sends thousands of requests, sound and broken, made from the interface's own description, to a real `loom serve`.

`python tests/faults/fuzz_http.py [--cases 5000] [--seed 0]`. Prints a JSON object: cases sent, seconds, and what was found;
the exit status is 1 where an answer was a server error, or other than the description says.
"""

import argparse
import json
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from fuzzing import can_be_wrong, fuzz, operations
from schemathesis import GenerationMode
from serving import served

from web.openapi import openapi
from web.routes import all_routes

A_ROUND = 20


def main() -> int:
    """Fuzz, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    started, sent, found = time.monotonic(), 0, dict[str, str]()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        for seed in count(asked.seed):
            for operation in operations(openapi(all_routes())):
                for mode in GenerationMode if can_be_wrong(operation) else (GenerationMode.POSITIVE,):
                    try:
                        sent += fuzz(operation, address.rstrip("/"), A_ROUND, mode, seed)
                    except Exception as error:  # whatever a check raises is a finding
                        sent += A_ROUND
                        found.setdefault(operation.label, f"seed {seed}, {mode.value}: {_all_of(error)}"[:2000])
            if sent >= asked.cases:
                break
    print(json.dumps({"cases": sent, "seconds": round(time.monotonic() - started, 1), "found": found}, indent=2))
    return 1 if found else 0


def _all_of(error: BaseException) -> str:
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return " / ".join([str(error), *map(_all_of, inner)])


if __name__ == "__main__":
    sys.exit(main())
