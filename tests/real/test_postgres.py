# SPDX-License-Identifier: MIT
"""PostgreSQL's probes: a server in a temporary folder, on a Unix socket alone.

Its probes sit behind semaphores, and a session is a process that the server forks.
"""

import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time

import real
import spiletest


class Server:
    """initdb, start, stop; as the user postgres, who may not be root."""

    def __init__(self, binaries):
        self.binaries = binaries

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spile-pg-"))
        self.user = pwd.getpwnam("postgres")
        shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder / "data", "--no-sync", "-A", "trust", "-E", "UTF8")
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder,
             "-c", "listen_addresses=", "-c", "fsync=off"],
            user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while self.sql("select 1", check=False).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError("PostgreSQL did not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments, check=True):
        done = subprocess.run(
            [self.binaries / program, *map(str, arguments)], cwd=self.folder,
            user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[],
            capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{program}: {done.stdout}{done.stderr}")
        return done

    def sql(self, *statements, check=True):
        """All statements in one session, each a query of its own."""
        words = [word for statement in statements for word in ("-c", statement)]
        return self.run("psql", "-h", self.folder, "-d", "postgres", "-XAtq", *words, check=check)


class Postgres(spiletest.TestCase):
    @classmethod
    def setUpClass(cls):
        spiletest.require_root()
        cls.postgres = real.require_file("lib/postgresql/*/bin/postgres", "postgresql")
        real.require_probe(cls.postgres, "query__start")
        cls.server = Server(cls.postgres.parent)
        cls.enterClassContext(cls.server)

    def spec(self, rest):
        return f"u:{self.postgres}:{rest}"

    def test_the_text_of_each_query(self):
        queries = [f"select {i} as answer" for i in range(1, 6)] + ["select 'ä' -- UTF-8",
                                                                    "select 1/1"]
        with real.traced(self.spec('query__start "%s", arg1')) as spile:
            self.server.sql(*queries)
            spile.wait_line("select 1/1", timeout=10)
            result = spile.stop()
        self.assertEqual(real.messages(result), queries, result)
        self.assertIn("spile: 7 events shown, 0 lost", result.err)

    def test_a_prefix_in_the_kernel(self):
        with real.traced(self.spec('query__start (STRCMP("insert", arg1)) "%s", arg1')) as spile:
            self.server.sql("create temp table t(n int)", "insert into t values (1)",
                            "select * from t", "insert into t values (2)", "drop table t")
            spile.wait_line("values .2.", timeout=10)
            time.sleep(0.1)
            result = spile.stop()
        self.assertEqual(real.messages(result),
                         ["insert into t values (1)", "insert into t values (2)"], result)
        self.assertIn("2 events shown, 0 lost, 3 rejected by the filters", result.err)

    def test_a_long_query_is_cut_where_s_says(self):
        query = "select '" + "x" * 5000 + "'"
        with real.traced("-s", 6000, self.spec('query__start "%s", arg1')) as spile:
            self.server.sql(query)
            spile.wait_line("select 'x", timeout=10)
            result = spile.stop()
        self.assertEqual(real.messages(result), [query], result)

    def test_the_phases_of_a_query(self):
        phases = ["parse__start", "parse__done", "rewrite__start", "rewrite__done", "plan__start",
                  "plan__done", "execute__start", "execute__done"]
        with real.traced(self.spec('query__* "x"')) as spile:
            self.server.sql("select 42")
            spile.wait_line("query__done", timeout=10)
            result = spile.stop()
        functions = [line.split()[3] for line in result.out.splitlines()[1:]]
        wanted = ["query__start"] + [f"query__{phase}" for phase in phases] + ["query__done"]
        self.assertEqual(functions, wanted, result)

    def test_a_whole_wildcard(self):
        """All 50-odd probes at once; what they show is PostgreSQL's business."""
        with real.traced(self.spec("postgresql:*")) as spile:
            self.server.sql("select 42")
            spile.wait_line("transaction__commit", timeout=10)
            result = spile.stop()
        self.assertEqual(result.status, 130, result.err)
        self.assertRegex(result.err, r"spile: \d+ events shown, 0 lost\n")


if __name__ == "__main__":
    spiletest.main()
