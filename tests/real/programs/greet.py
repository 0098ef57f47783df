"""Calls greet 7 times, after a line on stdin. With the word "profiled": a profiler looks on.

Python 3.11 reaches python:function__entry only then (CPython's issue 98894); it always reaches
python:line.
"""
import sys


def greet(number):
    return number * 2


print("ready", flush=True)
sys.stdin.readline()
if "profiled" in sys.argv:
    sys.setprofile(lambda *_: None)
for i in range(7):
    greet(i)
