"""The pages of the user guide: every example is run, from top to bottom, and prints what the page shows.

Each page has a folder of its own. Its fenced blocks are:

- ``console``: lines after ``$`` are run by bash (``>`` continues one), those below are what it prints;
- ``python``: run here, the names of one block are known to the next; a ``text`` block right after it is what it prints;
- ``toml``: a file, whose name is the comment in its first line.

In what is printed ``…`` stands for any characters of a line, and for any number of lines where it is alone; blanks and
empty lines do not count. A block that a word follows, as in ``console,network``, is not run; `NOT_RUN` has the reason.
"""

import io
import os
import re
import subprocess
from contextlib import redirect_stdout
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[3] / "docs/guide/src"
PROGRAM = os.environ.get("TOPOLENS")
FENCE = re.compile(r"^```([\w,]+)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
NAMES = sorted(str(page.relative_to(PAGES)) for page in PAGES.rglob("*.md") if page.name != "SUMMARY.md")
#: Pages whose Python needs PyTorch or Keras; `cargo xtask python-torch` runs them.
NEEDS = {"python-torch.md": ["torch"], "python-keras.md": ["torch", "keras"]}
NOT_RUN = {
    "build": "compiles or installs",
    "network": "fetches data",
    "files": "reads files that only the reader has",
    "long": "takes minutes",
}


def blocks(page):
    """Kind, word after the kind and text of each fenced block."""
    for kind, text in FENCE.findall(page):
        language, _, word = kind.partition(",")
        yield language, word, text


def commands(block):
    """Each command of a console block, and what it shall print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        n_lines = 1
        while n_lines < len(lines) and lines[n_lines].startswith("> "):
            n_lines += 1
        command = "\n".join([lines[0], *(line[2:] for line in lines[1:n_lines])])
        yield command, lines[n_lines:]


def is_like(shown, printed):
    """Whether lines are those that a page shows."""

    def pattern(line):
        return r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"

    # Columns are as wide as their numbers, and these differ where `…` stands.
    shown, printed = ([" ".join(line.split()) for line in lines if line.strip()] for lines in [shown, printed])
    return re.fullmatch("".join(map(pattern, shown)), "".join(f"{line}\n" for line in printed)) is not None


def expect(what, shown, printed):
    if not is_like(shown, printed.splitlines()):
        pytest.fail(f"{what}\n--- the page shows\n" + "\n".join(shown) + f"\n--- printed\n{printed}", pytrace=False)


def run_command(command, environment):
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}exit code {done.returncode}"
    return done.stdout


def run_python(code, names):
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "guide", "exec"), names)
    return printed.getvalue()


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """The variables of a shell in which `topolens` is the program, and the folder of a page as the current one."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/topolens").symlink_to(PROGRAM or "/absent")
    (tmp_path / "page").mkdir()
    monkeypatch.chdir(tmp_path / "page")
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))
    monkeypatch.setenv("TOPOLENS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    return os.environ


@pytest.mark.parametrize("name", NAMES)
def test_the_guide_prints_what_it_shows(name, environment):
    for package in NEEDS.get(name, []):
        pytest.importorskip(package)
    names = {"__name__": "guide"}
    printed = None
    for language, word, text in blocks((PAGES / name).read_text(encoding="utf-8")):
        if word:
            assert word in NOT_RUN
            printed = None
            continue
        match language:
            case "console":
                assert PROGRAM, "the variable TOPOLENS names no program: run `cargo xtask test`"
                for command, shown in commands(text):
                    expect(f"$ {command}", shown, run_command(command, environment))
                printed = None
            case "python":
                printed = run_python(text, names)
            case "text":
                assert printed is not None, f"nothing prints this: {text}"
                expect("python", text.splitlines(), printed)
                printed = None
            case "toml":
                file = re.match(r"# (\S+\.toml)\b", text)
                assert file, f"the first line names no file: {text}"
                Path(file[1]).write_text(text, encoding="utf-8")
            case _:
                pytest.fail(f"blocks of {language} are not run")


def test_what_a_page_shows_is_compared():
    (command, shown), (second, nothing) = commands("$ cat <<END\n> a\n> END\na\n$ true\n")
    assert (command, shown, second, nothing) == ("cat <<END\na\nEND", ["a"], "true", [])
    assert is_like(["a … d", "…", "z"], ["a b c d", "e", "f", "z"])
    assert is_like(["a", "…"], ["a"]) and is_like([" a   …"], ["", "a b"])
    assert not is_like(["a"], ["a", "b"]) and not is_like(["a 1"], ["a 2"]) and not is_like(["a", "b"], ["a"])
    assert list(blocks("```console,network\n$ a\n```\n")) == [("console", "network", "$ a\n")]
