"""How fast `topolens serve` answers: the list, a layer's points, and many readers at a time.

    python bench/serve/load.py BINARY [--studies 200] [--points 5000] [--seconds 60] [--readers 50]

Makes a folder of studies from one small run of the binary, serves it on loopback and prints times of the list and of layer switches (median and
95th percentile), requests and errors of many readers at once, and the server's memory. Standard library only; nothing is asserted.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlparse


class Page:
    def __init__(self, address):
        parts = urlparse(address)
        self.host = parts.netloc
        self.headers = {"Authorization": "Bearer " + parse_qs(parts.query)["token"][0]}

    def get(self, path, connection=None):
        own = connection or http.client.HTTPConnection(self.host, timeout=30)
        own.request("GET", path, headers=self.headers)
        answer = own.getresponse()
        return answer.status, answer.read()


def make_studies(binary, folder, n, data):
    run = folder / "run-000"
    words = ["train", "--data", data, "--net", "small-cnn", "--epochs", "1", "--limit", "600", "--out", str(run)]
    subprocess.run([binary, *words], check=True, capture_output=True)
    profile = ["profile", str(run), "--data", f"{data}:train", "--points", "300"]
    subprocess.run([binary, *profile], check=True, capture_output=True)
    for at in range(1, n):
        shutil.copytree(run, folder / f"run-{at:03}", ignore=shutil.ignore_patterns("figures", "*.npz", "*.parquet"))


def times(ask, n):
    taken = []
    for _ in range(n):
        begin = time.perf_counter()
        status, body = ask()
        taken.append(1000 * (time.perf_counter() - begin))
        assert status == 200, (status, body[:200])
    taken.sort()
    return f"median {statistics.median(taken):.1f} ms, 95 % below {taken[int(0.95 * (len(taken) - 1))]:.1f} ms"


def memory(pid, field):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(field))


def read_for(page, paths, seconds, counts, at):
    connection = http.client.HTTPConnection(page.host, timeout=30)
    end = time.monotonic() + seconds
    turn = at
    while time.monotonic() < end:
        try:
            status, _ = page.get(paths[turn % len(paths)], connection)
            counts[at][status == 200] += 1
        except OSError:
            counts[at][False] += 1
            connection = http.client.HTTPConnection(page.host, timeout=30)
        turn += 1


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    for name, value in [("studies", 200), ("points", 5000), ("seconds", 60), ("readers", 50)]:
        arguments.add_argument(f"--{name}", type=int, default=value)
    arguments.add_argument("--data", default="fashion-mnist-6k", help="its test images are the points, 1000 of the default")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_studies(asked.binary, Path(folder), asked.studies, asked.data)
        serve = [asked.binary, "serve", folder, "--points", str(asked.points), "--json"]
        server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        try:
            measure(Page(json.loads(server.stdout.readline())["address"]), server.pid, asked)
        finally:
            server.terminate()


def measure(page, pid, asked):
    begin = time.perf_counter()
    _, body = page.get("/api/studies")
    studies = json.loads(body)["studies"]
    print(f"{len(studies)} studies, {os.cpu_count()} cores")
    print(f"first list: {1000 * (time.perf_counter() - begin):.1f} ms")
    print("list:", times(lambda: page.get("/api/studies"), 100))
    study = f"/api/studies/{studies[0]['id']}"
    epoch = json.loads(page.get(f"{study}/epochs")[1])["epochs"][-1]
    begin = time.perf_counter()
    status, body = page.get(f"{study}/points?epoch={epoch}")
    while status == 202:
        time.sleep(0.1)
        status, body = page.get(f"{study}/points?epoch={epoch}")
    print(f"clouds of all layers made in {time.perf_counter() - begin:.1f} s")
    layers = json.loads(body)["layers"]
    print(f"{len(json.loads(body)['points']['places'])} points in a cloud, {len(layers)} layers")
    switches = [f"{study}/points?epoch={epoch}&layer={quote(layer)}" for layer in layers]
    turn = iter(switches * 100)
    print("layer switch:", times(lambda: page.get(next(turn)), 100))
    paths = ["/api/studies", f"{study}/documents/profile", *switches, f"{study}/metrics"]
    counts = [{True: 0, False: 0} for _ in range(asked.readers)]
    readers = [
        threading.Thread(target=read_for, args=(page, paths, asked.seconds, counts, at)) for at in range(asked.readers)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    answered, failed = (sum(count[of] for count in counts) for of in (True, False))
    print(f"{asked.readers} readers for {asked.seconds} s: {answered} answered, {failed} failed")
    print(f"memory: {memory(pid, 'VmRSS')} MB now, {memory(pid, 'VmHWM')} MB at most")


if __name__ == "__main__":
    main()
