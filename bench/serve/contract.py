"""Holds `topolens serve` to its OpenAPI description with schemathesis.

    python bench/serve/contract.py BINARY RUNS [--seconds 300]

Needs schemathesis (`pip install schemathesis`). RUNS holds a run with a profile. Thousands of requests, well-formed and not, with and without the
token, one after the other and following what is answered; fails on an answer that the description does not know, on what should be refused and is
not, and on any error of the server. An address that is too long is refused (414) before its parameters are looked at; the check that knows of no such
answer is left out for it.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

DESCRIPTION = Path(__file__).parents[2] / "crates/topolens-serve/assets/openapi.json"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("runs")
    arguments.add_argument("--seconds", default="300")
    asked = arguments.parse_args()
    server = subprocess.Popen([asked.binary, "serve", asked.runs, "--json"], stdout=subprocess.PIPE, text=True)
    try:
        address = urlsplit(json.loads(server.stdout.readline())["address"])
        token = parse_qs(address.query)["token"][0]
        command = [Path(sys.executable).with_name("schemathesis"), "run", DESCRIPTION, "--url", f"http://{address.netloc}"]
        command += ["-H", f"Authorization: Bearer {token}", "--continue-on-failure", "--max-time", asked.seconds, "--seed", "0", "--no-color"]
        done = subprocess.run([*command, "--max-examples", "60", "--exclude-checks", "negative_data_rejection"])
        alive = server.poll() is None
    finally:
        server.terminate()
    raise SystemExit(done.returncode or not alive)


if __name__ == "__main__":
    main()
