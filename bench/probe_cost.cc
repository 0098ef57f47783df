// SPDX-License-Identifier: MIT
// The price of a probe that nobody traces, next to a loop without one.
#include <benchmark/benchmark.h>
#include <spile/probe.h>

#include <string>

static void empty_loop(benchmark::State& state) {
  int i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(++i);
}
BENCHMARK(empty_loop);

static void probe_two_arguments(benchmark::State& state) {
  int i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(++i);
    SPILE_PROBE(bench, plain, i, "a string of 27 characters..");
  }
}
BENCHMARK(probe_two_arguments);

static void probe_six_arguments(benchmark::State& state) {
  int i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(++i);
    SPILE_PROBE(bench, six, i, i + 1, i + 2, i + 3, i + 4, i + 5);
  }
}
BENCHMARK(probe_six_arguments);

// The argument costs a heap allocation, and is not computed.
static void probe_behind_semaphore(benchmark::State& state) {
  int i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(++i);
    SPILE_PROBE_SEMAPHORE(bench, gated, i, std::string(100, 'x') + std::to_string(i));
  }
}
BENCHMARK(probe_behind_semaphore);
