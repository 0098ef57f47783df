"""Packages of any Debian suite and architecture, in a folder of their own.

In:  a suite (bookworm, sid, ...), an architecture, package names.
Out: the packages' files, unpacked below one folder; nothing is installed, the machine's own
     package lists and architectures stay as they are, and root is not needed.

apt is given a private state folder and one source line. The mirror in that line is the one that
this machine is configured with, so no host is named here.

    packages = SuitePackages("bookworm", "arm64", pathlib.Path("build/packages"))
    packages.unpack(["libelf-dev", "zlib1g-dev"], pathlib.Path("build/sysroot-arm64"))
"""

import fcntl
import pathlib
import re
import shutil
import subprocess
import time

MAX_LIST_AGE_S = 3600  # older lists name packages that the mirror may have replaced
KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class PackagesUnavailable(Exception):
    """The packages cannot be had on this machine; the message says why and what would help."""


def host_codename():
    """The suite this machine runs, e.g. "bookworm"."""
    fields = _fields(pathlib.Path("/etc/os-release").read_text(), separator="=")
    return fields.get("VERSION_CODENAME", "").strip('"')


def _fields(text, separator=":"):
    """The first paragraph of `Name: value` lines as a dict."""
    paragraph = text.lstrip("\n").split("\n\n")[0]
    pairs = (line.partition(separator) for line in paragraph.splitlines() if line[:1] != " ")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _run(cmd, cwd=None):
    done = subprocess.run(
        [str(word) for word in cmd], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
        text=True)
    if done.returncode != 0:
        shown = (done.stderr or done.stdout).strip()
        raise PackagesUnavailable(f"{cmd[0]} failed: {shown}")
    return done.stdout


def _mirror():
    """The URI this machine takes its own Debian packages from."""
    if shutil.which("apt-get") is None or not KEYRING.exists():
        raise PackagesUnavailable(
            "needs apt and Debian's archive keys: run this on Debian, "
            "or install the package debian-archive-keyring")
    targets = _run(["apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)"])
    for line in targets.splitlines():
        release, component, uri = line.split(" ", 2)
        if release == host_codename() and component == "main":
            return uri
    raise PackagesUnavailable("apt is configured with no Debian mirror (suite's component main)")


class SuitePackages:
    """One suite and architecture, seen through a private apt state below `folder`."""

    def __init__(self, suite, architecture, folder):
        self._suite, self._architecture = suite, architecture
        self._state = pathlib.Path(folder).resolve() / f"apt-{suite}-{architecture}"

    def depends(self, package):
        """The names in a package's Depends field, in order, without their versions."""
        self._update()
        shown = self._apt("apt-cache", "show", "--no-all-versions", package)
        clauses = _fields(shown).get("Depends", "").split(",")
        return [clause.split()[0] for clause in clauses if clause.strip()]

    def unpack(self, packages, into, also=lambda: []):
        """Downloads packages and unpacks them below `into`, once: a stamp remembers the names.

        `also` names more packages; it is called only when they are needed.
        """
        into = pathlib.Path(into).resolve()
        stamp = into / ".packages"
        wanted = " ".join([self._suite, self._architecture, *packages]) + "\n"
        into.parent.mkdir(parents=True, exist_ok=True)
        with open(f"{into}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if stamp.exists() and stamp.read_text() == wanted:
                return into
            shutil.rmtree(into, ignore_errors=True)
            into.mkdir()
            for archive in self._download([*packages, *also()]):
                _run(["dpkg-deb", "-x", archive, into])
                archive.unlink()
            stamp.write_text(wanted)
        return into

    def _download(self, packages):
        self._update()
        archives = self._state / "archives"
        shutil.rmtree(archives, ignore_errors=True)
        archives.mkdir()
        self._apt("apt-get", "download", *packages, cwd=archives)
        return sorted(archives.glob("*.deb"))

    def _update(self):
        """Fetches the suite's package list, unless it was fetched a short while ago."""
        done = self._state / "updated"
        if done.exists() and time.time() - done.stat().st_mtime < MAX_LIST_AGE_S:
            return
        self._state.mkdir(parents=True, exist_ok=True)
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._state / folder).mkdir(parents=True, exist_ok=True)
        (self._state / "status").touch()
        options = f"arch={self._architecture} target=Packages signed-by={KEYRING}"
        line = f"deb [{options}] {_mirror()} {self._suite} main\n"
        (self._state / "sources.list").write_text(line)
        self._apt("apt-get", "update", "-q")
        done.touch()

    def _apt(self, program, *words, cwd=None):
        settings = {
            "APT::Architecture": self._architecture,
            "APT::Architectures": self._architecture,
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Dir::State": self._state,
            "Dir::State::status": self._state / "status",
            "Dir::Cache": self._state / "cache",
            "Dir::Etc::sourcelist": self._state / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferencesparts": "-",
        }
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return _run([program, *options, *words], cwd)


def first_match(names, pattern):
    """The first of `names` that matches a pattern in full."""
    for name in names:
        if re.fullmatch(pattern, name):
            return name
    raise PackagesUnavailable(f"no package like {pattern} among: {' '.join(names) or 'none'}")
