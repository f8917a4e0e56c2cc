"""script/setup, server and test: one command on a fresh machine, and no work the second time."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

SCRIPTS = ("script/setup", "script/server", "script/test", "script/lock", ".ci/run")
TOOLS = (
    "sh",
    "dirname",
    "cat",
    "cksum",
    "sed",
    "grep",
    "rm",
    "mkdir",
    "find",
    "env",
    "chmod",
    "cp",
)
# a Python that notes what it is asked to do, and makes an environment that holds itself
PYTHON = """#!/bin/sh
echo "$*" >>"$LOG"
case "$*" in
  "-m venv .venv")
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    echo "VIRTUAL_ENV=$(pwd -P)/.venv" >.venv/bin/activate ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a space in its path, on a machine with a few tools and no Python."""
    root = tmp_path / "my checkout"
    (root / "script").mkdir(parents=True)
    for name in ("script/setup", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    (root / "one.lock").write_text("flask==1\n")
    (root / "two.lock").write_text("flask==1\npytest==1\n")
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (tmp_path / "bin" / name).symlink_to(found)
    return root


def give_python(checkout: Path, text: str = PYTHON) -> None:
    path = checkout.parent / "bin" / "python3"
    path.write_text(text)
    path.chmod(0o755)


def setup(checkout: Path, *locks: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": str(checkout.parent / "bin"), "LOG": str(checkout.parent / "log")}
    return subprocess.run(
        [str(checkout / "script/setup"), *(locks or ("one.lock",))],
        cwd="/", env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def installs(checkout: Path) -> int:
    """How often packages were installed since the last question."""
    log = checkout.parent / "log"
    text = log.read_text() if log.exists() else ""
    log.unlink(missing_ok=True)
    return text.count("--require-hashes")


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_plain_shell_and_can_be_run(name: str) -> None:
    path = ROOT / name
    assert path.read_text().startswith("#!/bin/sh\n")
    assert path.stat().st_mode & stat.S_IXUSR
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_a_machine_without_python_is_told_what_is_missing(checkout: Path) -> None:
    done = setup(checkout)
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr


def test_a_python_too_old_is_passed_over(checkout: Path) -> None:
    give_python(checkout, "#!/bin/sh\nexit 1\n")
    done = setup(checkout)
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr


def test_the_second_run_installs_nothing(checkout: Path) -> None:
    give_python(checkout)
    first = setup(checkout)
    assert (first.returncode, first.stdout) == (0, "")
    assert installs(checkout) == 1
    second = setup(checkout)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert installs(checkout) == 0


def test_a_changed_lock_is_installed(checkout: Path) -> None:
    give_python(checkout)
    setup(checkout)
    (checkout / "one.lock").write_text("flask==2\n")
    installs(checkout)
    setup(checkout)
    assert installs(checkout) == 1


def test_the_server_is_content_with_the_packages_of_the_tests(checkout: Path) -> None:
    give_python(checkout)
    setup(checkout, "two.lock")
    installs(checkout)
    setup(checkout, "one.lock", "two.lock")
    assert installs(checkout) == 0
    setup(checkout, "one.lock")
    assert installs(checkout) == 1


def test_a_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    give_python(checkout)
    setup(checkout)
    installs(checkout)
    moved = checkout.with_name("elsewhere")
    checkout.rename(moved)
    setup(moved)
    assert installs(moved) == 1
    assert str(moved) in (moved / ".venv/bin/activate").read_text()


def test_a_failed_install_says_why_and_is_tried_again(checkout: Path) -> None:
    give_python(checkout, PYTHON + 'case "$*" in *hashes*) echo "no network"; exit 1;; esac\n')
    done = setup(checkout)
    assert done.returncode == 1
    assert "no network" in done.stderr
    assert installs(checkout) == 1
    setup(checkout)
    assert installs(checkout) == 1


def test_the_locks_name_hashes_and_no_address() -> None:
    """No index address of the machine that made the lock; every package can be checked."""
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==") > 20
