"""What the Python binding adds to a computation: the same points through Python and through the program, in turn.

    python bench/binding.py --program target/release/topolens [--points 3000] [--features 128] [--rounds 9]

Needs the wheel and the program, both of the profile release. Of the program the time on 24 points is taken off in each round: starting, reading
and printing. Beside it stands what a call costs in Python alone, whatever it computes: the same call on 24 points, and the copy of the array.
For `topolens.profile` the time in Rust is that of its three native steps, heard from within the call.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import topolens
from topolens import _profile

#: Points that are next to nothing to compute, and more than the neighbours of a point.
FEW = 24
#: Python's call, and the words of the program.
CALLS = {
    "persistent_homology, H0 and H1": (topolens.persistent_homology, ["diagram", "--max-homology-dimension", "1"]),
    "intrinsic_dimension, TwoNN": (topolens.intrinsic_dimension, ["dimension", "--estimator", "two-nn"]),
    "nearest_neighbors, 20": (topolens.nearest_neighbors, ["neighbors"]),
}


def spent():
    """Seconds by the clock, and of the processor by this process and by those it waited for."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return np.array([time.perf_counter(), own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime])


def timed(call, *words):
    before = spent()
    call(*words)
    return spent() - before


def least_of_small(call, points, repeats=50):
    """Median seconds of a call that has next to nothing to compute."""
    return statistics.median(timed(call, points)[0] for _ in range(repeats))


def beside_the_program(asked, points, few, folder):
    files = {name: Path(folder) / f"{name}.npy" for name in ["points", "few"]}
    np.save(files["points"], points)
    np.save(files["few"], few)
    copy = least_of_small(np.array, points)
    print("| call | Python s | program s | ratio | CPU Python s | CPU program s | CPU ratio | call on 24 points + copy ms | of the call |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, (call, words) in CALLS.items():

        def program(file, words=words):
            subprocess.run([asked.program, *words, "--json", file], check=True, stdout=subprocess.DEVNULL)

        call(points)
        rounds = []
        for at in range(asked.rounds):
            steps = [lambda: timed(call, points), lambda: timed(program, files["points"]) - timed(program, files["few"])]
            found = [steps[place]() for place in ([0, 1] if at % 2 else [1, 0])]
            rounds.append(found if at % 2 else found[::-1])
        here, there = np.median(np.array(rounds), axis=0)
        ratio, ratio_cpu = np.median([own / other for own, other in rounds], axis=0)
        alone = least_of_small(call, few) + copy
        numbers = f"{here[0]:.3f} | {there[0]:.3f} | {ratio:.3f} | {here[1]:.3f} | {there[1]:.3f} | {ratio_cpu:.3f}"
        print(f"| {name} | {numbers} | {1000 * alone:.2f} | {100 * alone / here[0]:.2f} % |", flush=True)


def profile_within(asked, points):
    """Seconds of a whole call of `topolens.profile`, and of its native steps within it."""
    native = []

    def heard(step):
        def run(*words, **settings):
            before = time.perf_counter()
            found = step(*words, **settings)
            native.append(time.perf_counter() - before)
            return found

        return run

    class Study:
        def __init__(self, *words, **settings):
            study = heard(study_of_rust)(*words, **settings)
            self.parts, self.joined = heard(study.parts), heard(study.joined)

    study_of_rust, measure = _profile.LayerStudy, _profile._measure
    _profile.LayerStudy, _profile._measure = Study, heard(measure)
    rounds = []
    try:
        for at in range(asked.rounds + 1):
            native.clear()
            whole = timed(lambda: topolens.profile({"layer": points}, n_half_samples=0, points=len(points)))[0]
            if at:
                rounds.append((whole, sum(native)))
    finally:
        _profile.LayerStudy, _profile._measure = study_of_rust, measure
    whole, within = np.median(rounds, axis=0)
    ratio = statistics.median(whole / within for whole, within in rounds)
    print(f"\ntopolens.profile, one layer: {whole:.3f} s, in native steps {within:.3f} s, ratio {ratio:.4f}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", default="topolens")
    for name, value in [("points", 3000), ("features", 128), ("rounds", 9)]:
        arguments.add_argument(f"--{name}", type=int, default=value)
    asked = arguments.parse_args()
    points = np.random.default_rng(0).normal(size=(asked.points, asked.features)).astype(np.float32)
    print(f"{asked.points} × {asked.features} float32, {asked.rounds} rounds, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        beside_the_program(asked, points, points[:FEW], folder)
    profile_within(asked, points)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
