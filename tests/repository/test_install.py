"""The installation script, tested with a package index on loopback."""

import hashlib
import http.server
import importlib.metadata
import os
import runpy
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from handbook.lesson.lessons import ROOT
from tests.repository.wheels import wheel

pytestmark = pytest.mark.slow

SCRIPT = ROOT / "scripts/install.py"
PROGRAM: dict[str, Any] = runpy.run_path(str(SCRIPT))
PYPROJECT = """\
[build-system]
requires = []
build-backend = "wheels"
backend-path = ["."]
[project]
name = "checkout"
version = "1.0"
"""
LOCKED = {  # each package with its requirements
    "alpha": "Requires-Dist: beta[more]>=1.0\n",
    "beta": "Provides-Extra: more\nRequires-Dist: gamma>=1.0; extra == 'more'\n",
    "gamma": "",
}


class Index:
    """A package index on loopback: a page for each package that links its wheels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[str] = []  # of the lock

    def offer(self, made: Path, *, locked: bool = False) -> None:
        """List a wheel on the page of its package and, if locked, in the lock."""
        name, version = made.name.split("-")[:2]
        page = self.folder / name / "index.html"
        page.parent.mkdir(exist_ok=True)
        made.rename(page.with_name(made.name))
        old = page.read_text() if page.exists() else "<!DOCTYPE html>"
        page.write_text(f'{old}<a href="{made.name}">{made.name}</a>\n')
        if locked:
            digest = hashlib.sha256(page.with_name(made.name).read_bytes()).hexdigest()
            self.entries.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")

    def wheels(self, name: str) -> list[Path]:
        """The locked wheels of a package."""
        return [*self.folder.glob(f"{name}/{name}-{'*' if name == 'uv' else '1.0'}-*.whl")]


@pytest.fixture(scope="session")
def built_uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed uv as a wheel."""
    found = importlib.metadata.distribution("uv")
    program = next(Path(str(found.locate_file(f))) for f in found.files or [] if f.stem == "uv")
    folder = tmp_path_factory.mktemp("uv")
    return wheel(folder, "uv", found.version, **{program.name: program.read_bytes()})


@pytest.fixture
def index(tmp_path: Path, built_uv: Path) -> Index:
    """An index with the locked packages and a newer release of each."""
    index = Index(tmp_path / "index")
    index.folder.mkdir()
    index.offer(Path(shutil.copy(built_uv, tmp_path)), locked=True)
    for name, more in LOCKED.items():
        index.offer(wheel(tmp_path, name, "1.0", more), locked=True)
        index.offer(wheel(tmp_path, name, "2.0", more))
    return index


@pytest.fixture
def address(index: Index) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(index.folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


Install = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def checkout(tmp_path: Path, index: Index) -> Path:
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, root / "scripts")
    shutil.copy(ROOT / "tests/repository/wheels.py", root)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "requirements.lock").write_text("".join(index.entries))
    return root


@pytest.fixture
def install(checkout: Path, address: str) -> Install:
    """Run the installation of a checkout with an empty HOME and this index."""
    ignored = ("PIP_", "UV_", "HTTP", "http", "SSL", "VIRTUAL", "XDG", "NO_PROXY", "no_proxy")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(ignored)}
    home = checkout.parent / "home"
    home.mkdir()
    settings = {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "UV_HTTP_RETRIES": "0"}

    def run(index_url: str = address, python: str = sys.executable) -> Any:
        return subprocess.run(
            [python, checkout / "scripts/install.py"],
            env=clean | settings | {"PIP_INDEX_URL": index_url},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def versions(checkout: Path) -> dict[str, str]:
    folder = next(checkout.glob(".venv/[Ll]ib/**/site-packages"))
    found = importlib.metadata.distributions(path=[str(folder)])
    return {d.name: d.version for d in found if d.name in {*LOCKED, "checkout"}}


EXACTLY = dict.fromkeys([*LOCKED, "checkout"], "1.0")


def test_lock_is_installed_exactly_although_newer_releases_exist(
    install: Install, checkout: Path, index: Index
) -> None:
    lock = checkout / "requirements.lock"
    done = install()
    assert done.returncode == 0, done.stdout + done.stderr
    assert versions(checkout) == EXACTLY
    steps = [line[:5] for line in done.stdout.splitlines() if line.startswith("[")]
    assert steps == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"]

    lock.write_text("".join(index.entries[:1] + index.entries[3:]))  # uv and gamma
    assert install().returncode == 0
    assert versions(checkout) == {"gamma": "1.0", "checkout": "1.0"}, "the others are removed"

    lock.write_text("".join(index.entries[:2]))  # alpha without beta
    done = install()
    assert done.returncode == 1, "the set is not consistent"
    assert "beta" in done.stdout


def no_page(index: Index, name: str) -> None:
    """A proxy answers with a login page."""
    (index.folder / name / "index.html").write_text("<html><p>Please log in.</p></html>")


def half_a_file(index: Index, name: str) -> None:
    """A download ends early."""
    [file] = index.wheels(name)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("name", ["uv", "alpha"])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (no_page, "the package index does not offer a locked package"),
        (half_a_file, "a download is damaged"),
    ],
)
def test_faulty_index_is_reported_in_one_sentence(
    fault: Callable[[Index, str], None], sentence: str, name: str, install: Install, index: Index
) -> None:
    fault(index, name)
    done = install()
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip().startswith(sentence)
    assert len(done.stderr.strip().splitlines()) == 1


def test_installation_after_a_failed_one_starts_clean(
    install: Install, checkout: Path, index: Index
) -> None:
    page = index.folder / "alpha/index.html"
    sound = page.read_text()
    no_page(index, "alpha")
    assert install().returncode == 1
    (left := checkout / ".venv/left.txt").touch()
    page.write_text(sound)
    assert install().returncode == 0
    assert versions(checkout) == EXACTLY
    assert not left.exists()


def test_unreachable_index_is_reported_in_one_sentence(install: Install) -> None:
    done = install("http://127.0.0.1:9")  # the port of the discard service: closed
    assert done.returncode == 1
    assert done.stderr.strip().startswith("the package index cannot be reached")


@pytest.mark.parametrize(
    ("python", "free", "sentence"),
    [
        ((3, 10), 100.0, "expected Python 3.11 to 3.13, got 3.10"),
        ((3, 14), 100.0, "expected Python 3.11 to 3.13, got 3.14"),
        ((3, 12), 1.5, "expected 6 GB of free disk, got 1.5"),
    ],
)
def test_unsupported_python_or_full_disk_is_rejected(
    python: tuple[int, int], free: float, sentence: str
) -> None:
    with pytest.raises(PROGRAM["InstallError"], match=sentence):
        PROGRAM["check"](python, free, new=True)


def test_python_without_venv_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(PROGRAM["InstallError"], match=r"apt install python3\.12-venv"):
        PROGRAM["check"]((3, 12), 100.0, new=True)


def test_supported_pythons_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (oldest, newest), supported = PROGRAM["PYTHONS"], SpecifierSet(project["requires-python"])
    tried = [(3, minor) for minor in range(7, 30)]
    right = [python for python in tried if "{}.{}".format(*python) in supported]
    assert (right[0], right[-1]) == (oldest, newest)


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("cause: failed to write to file `a`: No space left on device (os error 28)", "the disk"),
        ("Error: [Errno 28] No space left on device", "the disk is full"),
        ("npm error nospc ENOSPC: no space left on device, write", "the disk is full"),
        (
            "error: Failed to fetch: https://localhost:8443/six/\n  cause: error sending request\n"
            "  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer",
            "the certificate of the package index is not trusted",
        ),
        (
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError("
            "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify",
            "the certificate of the package index is not trusted",
        ),
        (
            "Because a==1 has no wheels with a matching platform tag (e.g., `macosx_13_0_x86_64`)",
            "a locked package has no build for this system",
        ),
        ("  cause: dns error\n  cause: error resolving DNS", "the package index cannot be reached"),
        ("npm error code ECONNREFUSED\nnpm error syscall connect", "the package index cannot be"),
        ("npm error code EINTEGRITY\nnpm error sha512 integrity checksum failed", "a download"),
        ("error: Failed to create file: Permission denied (os error 13)", "a file cannot be"),
        ("error: something new", "uv failed; fix the problem in its last lines above"),
    ],
)
def test_installer_errors_are_summarized_in_a_sentence(printed: str, sentence: str) -> None:
    assert PROGRAM["cause"](printed, "uv").startswith(sentence)


def test_pip_settings_are_passed_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_INDEX", "file:///mine")
    printed = (
        "global.index-url='https://mirror.test/a'\nglobal.extra-index-url='file:///a file:///b'\n"
        "global.trusted-host='mirror.test'\n:env:.index-url='https://mirror.test/simple'\n"
        "WARNING: something else\n:env:.cert='/etc/proxy.pem'\n:env:.proxy='http://proxy.test:8'\n"
    )
    assert PROGRAM["uv_settings"](printed) == {
        "UV_DEFAULT_INDEX": "https://mirror.test/simple",
        "UV_INSECURE_HOST": "mirror.test",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/proxy.pem",
        "HTTP_PROXY": "http://proxy.test:8",
        "HTTPS_PROXY": "http://proxy.test:8",
    }
