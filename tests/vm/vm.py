"""Boots other kernels and another architecture, for a second or two, to run one script there.

In:  the name of a machine, files to put into it, a shell script.
Out: what the script wrote (stdout and stderr together) and its exit status.

    vm.py run --kernel bookworm-arm64 --file build-arm64/spile:/bin/spile --script list.sh

The kernel and a static busybox come out of Debian's packages (scripts/suite_packages.py) and are
never installed. They, the files and an /init make up an initramfs; qemu emulates the processor,
so the host needs neither root nor KVM, and times measured inside mean nothing. Each boot:

    host   pack initramfs ----------------------------------------------- read console, cut output
    guest      kernel -> /init: mounts -> "begin N" -> /script -> "end N status S" -> poweroff

Only static programs run inside: there is no libc, and no module is loaded.
"""

import argparse
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from suite_packages import PackagesUnavailable, SuitePackages, first_match  # noqa: E402

BOOT_FAILED = 125  # exit status of the command line when the machine gave no result

QEMU_AMD64 = ["qemu-system-x86_64", "-cpu", "max"]
QEMU_ARM64 = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"]


@dataclasses.dataclass(frozen=True)
class Machine:
    suite: str
    architecture: str
    qemu: list
    qemu_package: str
    console: str
    processors: int


MACHINES = {
    # Linux 6.1: no uprobe_multi (6.6), so attaching goes through the perf PMU.
    "bookworm-amd64": Machine("bookworm", "amd64", QEMU_AMD64, "qemu-system-x86", "ttyS0", 2),
    "bookworm-arm64": Machine("bookworm", "arm64", QEMU_ARM64, "qemu-system-arm", "ttyAMA0", 2),
    # Linux 7.2: optimises a probed nop10. Two emulated processors hang in its text patching.
    "sid-amd64": Machine("sid", "amd64", QEMU_AMD64, "qemu-system-x86", "ttyS0", 1),
}

# Output processing is off on the console so that lines arrive with a bare newline, as written.
INIT = """\
#!/bin/sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /run
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
{mounts}
export PATH=/bin HOME=/ TERM=dumb
stty -opost </dev/console
echo
echo 'spile-vm: begin {nonce}'
sh /script </dev/null
status=$?
echo
echo "spile-vm: end {nonce} status $status"
poweroff -f
"""


@dataclasses.dataclass
class Outcome:
    """What came of one boot; `console` is everything, the kernel's own words included."""

    status: int
    out: str
    console: str

    def __str__(self):
        return f"status {self.status}\n--- output\n{self.out}---"


class BootFailed(AssertionError):
    """The machine did not get to the end of the script; the message carries its console."""


def missing_tools(machine):
    """Packages to install before `machine` can boot, by name."""
    needed = {MACHINES[machine].qemu[0]: MACHINES[machine].qemu_package, "cpio": "cpio"}
    return [package for tool, package in needed.items() if shutil.which(tool) is None]


# ---- what is booted ----------------------------------------------------------------------------


@contextlib.contextmanager
def _locked(path):
    """One process at a time: tests that run side by side share the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(name, cache):
    """The kernel image and busybox of a machine, downloaded on first use: (path, path)."""
    machine = MACHINES[name]
    folder = pathlib.Path(cache).resolve() / name
    kernel, busybox = folder / "vmlinuz", folder / "busybox"
    with _locked(folder.with_suffix(".lock")):
        if not kernel.exists():
            folder.mkdir(exist_ok=True)
            packages = SuitePackages(machine.suite, machine.architecture, folder.parent)
            _unpack_one(packages, "busybox-static", ["bin/busybox", "usr/bin/busybox"], busybox)
            images = ["boot/vmlinuz-*", "usr/lib/modules/*/vmlinuz"]
            _unpack_one(packages, _kernel_package(packages, machine.architecture), images, kernel)
    return kernel, busybox


def _kernel_package(packages, architecture):
    """The package with the image: newer suites split it off the one the meta package names."""
    flavour = f"cloud-{architecture}"
    image = first_match(packages.depends(f"linux-image-{flavour}"), rf"linux-image-.*-{flavour}")
    parts = packages.depends(image)
    split_off = [part for part in parts if re.fullmatch(rf"linux-binary-.*-{flavour}", part)]
    return split_off[0] if split_off else image


def _unpack_one(packages, package, globs, target):
    """Keeps one file of a package."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unpacked = packages.unpack([package], pathlib.Path(folder, "files"))
        found = [path for glob in globs for path in sorted(unpacked.glob(glob))]
        if not found:
            raise PackagesUnavailable(f"{package} holds none of: {' '.join(globs)}")
        shutil.move(found[0], target)


def _pack_initramfs(folder, target):
    """Writes a folder as the cpio archive that the kernel unpacks into its first root."""
    names = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    listing = "".join(f"{name}\0" for name in names).encode()
    with open(target, "wb") as archive:
        subprocess.run(["cpio", "--null", "--create", "--format=newc", "--owner=+0:+0", "--quiet"],
                       cwd=folder, input=listing, stdout=archive, check=True)


def _fill_root(root, busybox, files, script, init):
    """Lays out what the machine finds under /: busybox, /init, /script and the caller's files."""
    for host, guest in [(busybox, "/bin/busybox"), *files]:
        target = root / str(guest).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(host, target)
    (root / "bin/sh").symlink_to("busybox")
    (root / "script").write_text(script)
    (root / "init").write_text(init)
    (root / "init").chmod(0o755)


# ---- booting -----------------------------------------------------------------------------------


def boot(name, script, files=(), cache=None, tracefs=False, timeout=120, memory_mb=1024):
    """Boots a machine, runs `script` in its shell and returns the Outcome.

    `files` are (host path, guest path) pairs; `tracefs` mounts it at /sys/kernel/tracing.
    """
    kernel, busybox = fetch(name, cache or default_cache())
    nonce = secrets.token_hex(4)
    mounts = "mount -t tracefs tracefs /sys/kernel/tracing" if tracefs else ""
    with tempfile.TemporaryDirectory() as work:
        root, initramfs = pathlib.Path(work, "root"), pathlib.Path(work, "initramfs")
        root.mkdir()
        _fill_root(root, busybox, files, script, INIT.format(mounts=mounts, nonce=nonce))
        _pack_initramfs(root, initramfs)
        console = _emulate(MACHINES[name], kernel, initramfs, timeout, memory_mb)
    return _cut(console, nonce)


def default_cache():
    build = os.environ.get("SPILE_BUILD_DIR") or ROOT / "build"
    return pathlib.Path(build) / "vm"


def _emulate(machine, kernel, initramfs, timeout, memory_mb):
    """Runs qemu until the machine switches itself off; returns its console."""
    settings = [
        "-accel", "tcg", "-smp", str(machine.processors), "-m", str(memory_mb),
        "-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio", "-no-reboot",
        "-kernel", str(kernel), "-initrd", str(initramfs),
        "-append", f"console={machine.console} panic=-1 quiet loglevel=1",
    ]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([*machine.qemu, *settings], stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT)
        try:
            process.wait(timeout)
            late = ""
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            late = f"still running after {timeout} s"
        output.seek(0)
        console = output.read().decode("utf-8", errors="backslashreplace")
    if late:
        raise BootFailed(f"{late}; its console:\n{console}")
    return console


def _cut(console, nonce):
    """The part of the console between the markers of /init."""
    found = re.search(
        rf"spile-vm: begin {nonce}\r?\n(.*?)\n?spile-vm: end {nonce} status (\d+)", console, re.S)
    if not found:
        raise BootFailed(f"the script did not end; console:\n{console}")
    return Outcome(int(found.group(2)), found.group(1), console)


# ---- command line ------------------------------------------------------------------------------


def _parse_arguments():
    parser = argparse.ArgumentParser(description="Run a script under another kernel.")
    parser.add_argument("--cache", type=pathlib.Path, default=default_cache(),
                        help="folder for downloaded kernels (default: vm in the build folder)")
    commands = parser.add_subparsers(dest="command", required=True)
    fetching = commands.add_parser("fetch", help="download kernels")
    fetching.add_argument("kernels", nargs="*", metavar="KERNEL", default=list(MACHINES))
    running = commands.add_parser("run", help="boot and run a script")
    running.add_argument("--kernel", required=True, choices=MACHINES)
    running.add_argument("--file", action="append", default=[], metavar="HOST:GUEST")
    running.add_argument("--script", type=pathlib.Path, required=True)
    running.add_argument("--tracefs", action="store_true", help="mount tracefs inside")
    running.add_argument("--console", action="store_true", help="show the whole console")
    running.add_argument("--timeout", type=float, default=120, metavar="SECONDS")
    running.add_argument("--memory", type=int, default=1024, metavar="MB")
    return parser.parse_args()


def _run_command(arguments):
    files = [tuple(pair.split(":", 1)) for pair in arguments.file]
    outcome = boot(arguments.kernel, arguments.script.read_text(), files, arguments.cache,
                   arguments.tracefs, arguments.timeout, arguments.memory)
    sys.stdout.write(outcome.console if arguments.console else outcome.out)
    return outcome.status


def main():
    arguments = _parse_arguments()
    try:
        if arguments.command == "run":
            return _run_command(arguments)
        for name in arguments.kernels:
            print(*fetch(name, arguments.cache))
        return 0
    except (PackagesUnavailable, BootFailed) as problem:
        print(f"vm.py: {problem}", file=sys.stderr)
        return BOOT_FAILED


if __name__ == "__main__":
    sys.exit(main())
