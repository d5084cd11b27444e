#!/usr/bin/env python3
"""Runs the stages of `make test` and `make verify`, prints the seconds of each, and adds up what passed.

A stage that fails does not stop those that do not need it. A stage whose tool is missing is skipped by name.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
CLANG = "16"  # compiles the fuzzers, and under sanitizers in two thirds of g++'s time
LIMIT_SECONDS = 900  # what continuous integration allows `make test` on two cores


class Skip(Exception):
    pass


def run(*command, **env) -> bool:
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **env}).returncode == 0


def build(preset: str, jobs: int, *options: str) -> tuple[int, int]:
    cache = BUILD / preset / "CMakeCache.txt"
    if cache.is_file() and any(option.partition("=")[2] not in cache.read_text() for option in options):
        options += ("--fresh",)  # another compiler, for which CMake would forget what the preset sets
    good = (run("cmake", "--preset", preset, "--log-level=WARNING", *options)
            and run("cmake", "--build", "--preset", preset, "-j", jobs))
    return 0, int(not good)  # a build that succeeds is not a test that passed


def ctest(preset: str, jobs: int) -> tuple[int, int]:
    """Passed and failed tests: a GoogleTest program counts by its cases, any other entry of CTest as one."""
    results = BUILD / preset / "results"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    junit = results / "ctest.junit"
    good = run("ctest", "--preset", preset, "-j", jobs, "--progress", "--output-junit", junit,
               GTEST_OUTPUT=f"xml:{results}/")
    if not junit.is_file():
        return 0, 1
    passed = failed = 0
    for entry in xml.parse(junit).iter("testcase"):
        skipped = entry.find("skipped")
        if skipped is not None and "SKIP_RETURN_CODE" in (skipped.get("message") or ""):
            print(f"SKIP {entry.get('name')}")
            continue
        ran = entry.get("status") == "run"
        cases = results / f"{entry.get('name')}.xml"
        try:
            suite = xml.parse(cases).getroot()
            bad = int(suite.get("failures")) + int(suite.get("errors"))
            left_out = sum(int(s.get("disabled")) + int(s.get("skipped")) for s in suite.iter("testsuite"))
            passed += int(suite.get("tests")) - left_out - bad
            failed += max(bad, 0 if ran else 1)
        except (OSError, xml.ParseError):  # not GoogleTest, or it died before its report
            passed, failed = passed + ran, failed + (not ran)
    return passed, failed if good else max(failed, 1)


def clang() -> list[str]:
    """What makes CMake take clang; nothing where there is none."""
    if not shutil.which(f"clang++-{CLANG}"):
        return []
    return [f"-DCMAKE_CXX_COMPILER=clang++-{CLANG}", f"-DCMAKE_C_COMPILER=clang-{CLANG}"]


def fuzz(seconds: int, jobs: int) -> tuple[int, int]:
    folder = BUILD / "asan" / "fuzz"
    if not folder.is_dir():
        raise Skip(f"clang++-{CLANG} is missing")
    return as_counts(run(ROOT / "tests" / "fuzz" / "run.sh", seconds, folder, jobs))


def primitives(jobs: int) -> tuple[int, int]:
    programs = sorted((BUILD / "release" / "tools").glob("verify_*"))
    outcomes = [run(program) for program in programs]
    return sum(outcomes), len(outcomes) - sum(outcomes) + (not outcomes)


FASHION = Path("/usr/share/datasets/fashion-mnist")
# Rows of (model and its options, the share of right answers in percent it must reach, seconds it may take on two cores).
TRAININGS = [
    (["--model", "mlp:hidden=256x128", "--epochs", "15"], 89.0, 300),
    (["--model", "cnn:channels=16x32:hidden=128", "--optimizer", "adam:lr=0.002", "--epochs", "8"], 90.5, 300),
]


def trainings() -> tuple[int, int]:
    if not FASHION.is_dir():
        raise Skip("dataset-fashion-mnist is missing")
    passed = 0
    for options, wanted, allowed in TRAININGS:
        command = ["build/release/minimand", "fit", "--x", FASHION / "train-images-idx3-ubyte.gz",
                   "--y", FASHION / "train-labels-idx1-ubyte.gz", "--loss", "softmax_cross_entropy", *options,
                   "--schedule", "cosine", "--seed", "0", "--valid", "0", "--test",
                   f"{FASHION / 't10k-images-idx3-ubyte.gz'},{FASHION / 't10k-labels-idx1-ubyte.gz'}"]
        print("$", " ".join(str(word) for word in command), flush=True)
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        seconds = time.monotonic() - began
        print(done.stdout, end="")
        reached = [float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("test accuracy")]
        good = done.returncode == 0 and len(reached) == 1 and reached[0] >= wanted and seconds <= allowed
        print(f"{seconds:.0f} s of {allowed}, {wanted} % wanted: {'reached' if good else 'MISSED'}")
        passed += good
    return passed, len(TRAININGS) - passed


def kills() -> tuple[int, int]:
    return as_counts(run("build/release/tests/cli_checkpoint_test", "--gtest_filter=*Killed*", MINIMAND_KILLS="100"))


def as_counts(good: bool) -> tuple[int, int]:
    return int(good), int(not good)


def stages(goal: str, jobs: int):
    """Rows of (name, the stage it needs, what it does); what it does answers (passed, failed)."""
    python = sys.executable
    if goal == "test":
        return [
            ("layers", None, lambda: as_counts(run(python, "tools/check_layers.py"))),
            ("text", None, lambda: as_counts(run(python, "tools/check_text.py"))),
            ("release build", None, lambda: build("release", jobs)),
            ("release tests", "release build", lambda: ctest("release", jobs)),
            ("README", "release build", lambda: as_counts(run(python, "tools/readme_losses.py", BUILD / "release/minimand"))),
            ("sanitizer build", None, lambda: build("asan", jobs, *clang())),
            ("sanitizer tests", "sanitizer build", lambda: ctest("asan", jobs)),
            ("fuzzing", "sanitizer build", lambda: fuzz(10, jobs)),
        ]
    return [
        ("release build", None, lambda: build("release", jobs)),
        ("primitives", "release build", lambda: primitives(jobs)),
        ("Fashion-MNIST", "release build", trainings),
        ("100 kills", "release build", kills),
        ("thread build", None, lambda: build("tsan", jobs)),
        ("thread tests", "thread build", lambda: ctest("tsan", jobs)),
        ("sanitizer build", None, lambda: build("asan", jobs, *clang())),
        ("fuzzing", "sanitizer build", lambda: fuzz(120, jobs)),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("goal", choices=["test", "verify"])
    parser.add_argument("-j", type=int, default=os.cpu_count() or 2, dest="jobs", help="jobs at a time")
    arguments = parser.parse_args()

    rows, broken = [], set()
    for name, needs, work in stages(arguments.goal, arguments.jobs):
        print(f"\n=== {name}", flush=True)
        began = time.monotonic()
        note = ""
        try:
            if needs in broken:
                raise Skip(f"needs: {needs}")
            passed, failed = work()
        except Skip as reason:
            passed, failed, note = 0, 0, f"SKIP ({reason})"
        if failed:
            broken.add(name)
        rows.append((name, time.monotonic() - began, passed, failed, note))

    print(f"\n{'stage':<18}{'seconds':>8}{'passed':>8}{'failed':>8}")
    for name, seconds, passed, failed, note in rows:
        print(f"{name:<18}{seconds:>8.0f}{passed:>8}{failed:>8}  {note}".rstrip())
    total = sum(row[1] for row in rows)
    print(f"{'all':<18}{total:>8.0f}")
    if arguments.goal == "test" and total > LIMIT_SECONDS:
        print(f"note: {total:.0f} s is more than the {LIMIT_SECONDS} s allowed on two cores")
    failed = sum(row[3] for row in rows)
    skipped = sum(bool(row[4]) for row in rows)
    print(f"{sum(row[2] for row in rows)} passed, {failed} failed" + (f", {skipped} stages skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
