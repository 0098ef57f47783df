# SPDX-License-Identifier: MIT
"""The probes of Python, PHP, Ruby, Java and libstdc++, as Debian ships them."""

import os

import real
import spiletest

SEVEN = "spile: 7 events shown, 0 lost"


class Languages(spiletest.TestCase):
    def setUp(self):
        spiletest.require_root()

    def check_python(self, probe, condition, line, word):
        python = real.require_file("bin/python3.1[0-9]", "python3.11")
        real.require_probe(python, probe)
        script = real.PROGRAMS / "greet.py"
        result = real.trace_program(
            [python, script, word], f'u::python:{probe} {condition} "%s %s %d", arg1, arg2, arg3')
        wanted = [f"{script} greet {line}"] * 7
        self.assertEqual(real.messages(result), wanted, result)
        self.assertIn(SEVEN, result.err)
        peer = real.bpftrace_program(
            [python, script, word], f"usdt:{python}:python:{probe}",
            f'/str(arg1) == "greet" && arg2 == {line}/', r'printf("%s %d\n", str(arg1), arg2);')
        self.assertEqual(peer, [f"greet {line}"] * 7)

    def test_python_function_entry(self):
        line = self.line_of("greet.py", "def greet")
        self.check_python("function__entry", '(arg2 == "greet")', line, "profiled")

    def test_python_line(self):
        """Reached for every line of every function: filtered in the kernel."""
        line = self.line_of("greet.py", "return")
        self.check_python("line", f'(arg2 == "greet" && arg3 == {line})', line, "plain")

    def line_of(self, script, text):
        lines = (real.PROGRAMS / script).read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def test_php_function_entry(self):
        php = real.require_file("bin/php[0-9].*", "php-cli")
        real.require_probe(php, "function__entry")
        script = real.PROGRAMS / "greet.php"
        command = ["env", "USE_ZEND_DTRACE=1", php, script]
        line = self.line_of("greet.php", "return")
        result = real.trace_program(
            command, 'u::php:function__entry (arg1 == "greet") "%s %s %d", arg1, arg2, arg3')
        self.assertEqual(real.messages(result), [f"greet {script} {line}"] * 7, result)
        self.assertIn(SEVEN, result.err)

    def check_ruby(self, probe, method, line):
        ruby = real.require_file("bin/ruby[0-9]*", "ruby")
        library = real.require_file("lib/*/libruby*.so.*", "ruby")
        real.require_probe(library, probe)
        script = real.PROGRAMS / "greet.rb"
        owner, name = method.split("#")
        result = real.trace_program(
            [ruby, "--disable-gems", script],
            f'u::ruby:{probe} (arg2 == "{name}") "%s#%s %s %d", arg1, arg2, arg3, arg4')
        self.assertEqual(real.messages(result), [f"{method} {script} {line}"] * 7, result)
        self.assertIn("spile: 7 events shown, 0 lost", result.err)
        peer = real.bpftrace_program(
            [ruby, "--disable-gems", script], f"usdt:{library}:ruby:{probe}",
            f'/str(arg1) == "{name}"/', r'printf("%s#%s %d\n", str(arg0), str(arg1), arg3);')
        self.assertEqual(peer, [f"{method} {line}"] * 7)

    def test_ruby_method_entry(self):
        self.check_ruby("method__entry", "Greeter#greet", self.line_of("greet.rb", "number * 2"))

    def test_ruby_method_entry_of_a_method_in_c(self):
        """ruby:cmethod__entry has several sites, with different operands."""
        self.check_ruby("cmethod__entry", "Array#push", self.line_of("greet.rb", "list.push"))

    def test_java_class_loaded(self):
        """hotspot:class__loaded(name, its length, loader, is it shared); names have no NUL."""
        java = spiletest.require_tool("java", "default-jre-headless")
        library = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(java))),
                               "lib/server/libjvm.so")
        real.require_probe(library, "class__loaded")
        with real.traced(f'u:{library}:hotspot:class__loaded (arg2 == 16 && '
                         'STRCMP("java/lang/Object", arg1)) "%.16s %d", arg1, arg2',
                         f"u:{library}:hotspot:vm__shutdown") as spile:
            java_run = spiletest.run([java, "-version"])
            self.assertEqual(java_run.status, 0, java_run)
            spile.wait_line("vm__shutdown", timeout=10)
            result = spile.stop()
        loaded = [line for line in real.messages(result) if line.startswith("java/lang")]
        self.assertEqual([line.split("...")[0].split(" ")[0] for line in loaded],
                         ["java/lang/Object"], result)
        self.assertTrue(loaded[0].endswith(" 16"), result)

    def test_libstdcxx_throw_and_catch(self):
        program = spiletest.build_dir() / "tests" / "real" / "programs" / "thrower"
        library = real.require_file("lib/*/libstdc++.so.6", "libstdc++6")
        real.require_probe(library, "throw")
        result = real.trace_program(
            [program], 'u:stdc++:throw "%p", arg1', 'u:stdc++:libstdcxx:catch "%p", arg1')
        lines = result.out.splitlines()[1:]
        functions = [line.split()[3] for line in lines]
        self.assertEqual(functions, ["throw", "libstdcxx:catch"] * 7, result)
        values = real.messages(result)
        self.assertEqual(values[0::2], values[1::2], "what is caught is what was thrown")
        self.assertIn("spile: 14 events shown, 0 lost", result.err)


if __name__ == "__main__":
    spiletest.main()
