# SPDX-License-Identifier: MIT
"""What the tests read of a traced program: its semaphores and the bytes at its probes' sites.

Only tests look there; spile itself never opens /proc/PID/mem.
"""

import re
import subprocess
import time

import spiletest


def _readelf(option, path):
    return subprocess.run(["readelf", option, "-W", str(path)], capture_output=True, text=True,
                          check=True).stdout


def probe_addresses(path, provider, name):
    """The link addresses of (site, semaphore) in every note of a probe."""
    pattern = (rf"Provider: {re.escape(provider)}\s+Name: {re.escape(name)}\s+"
               r"Location: 0x([0-9a-f]+), Base: 0x[0-9a-f]+, Semaphore: 0x([0-9a-f]+)")
    found = re.findall(pattern, _readelf("-n", path))
    assert found, f"no note {provider}:{name} in {path}"
    return [(int(site, 16), int(semaphore, 16)) for site, semaphore in found]


class Memory:
    """One probe of a running program that was built from one position-independent file."""

    def __init__(self, pid, path, provider, name):
        self.pid = pid
        # The first mapping of the file is its first page, which lies at link address 0.
        with open(f"/proc/{pid}/maps") as maps:
            bias = next(int(line.split("-")[0], 16) for line in maps if str(path) in line)
        self.addresses = [(bias + site, bias + semaphore if semaphore else None)
                          for site, semaphore in probe_addresses(path, provider, name)]

    def _read(self, address, size):
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(size)

    def sites(self):
        """The first byte of each site: 0x90 unless something is attached there (0xcc)."""
        return [self._read(site, 1)[0] for site, _ in self.addresses]

    def semaphores(self):
        return [int.from_bytes(self._read(semaphore, 2), "little")
                for _, semaphore in self.addresses if semaphore]

    def wait_untouched(self, timeout=10):
        """Detaching ends a moment after the tracer has: waits until nop and semaphore are back."""
        deadline = time.monotonic() + timeout
        while set(self.sites()) != {0x90} or any(self.semaphores()):
            if time.monotonic() > deadline:
                raise spiletest.TimedOut(
                    f"still attached: sites {self.sites()}, semaphores {self.semaphores()}")
            time.sleep(0.01)
