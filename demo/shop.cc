// SPDX-License-Identifier: MIT
// A pretended web shop that serves a few requests a second and carries three probes:
//
//   shop:request__start  id, method, path
//   shop:request__done   id, path, status, duration in microseconds
//   shop:cart__total     id, total (double); its arguments are computed only while somebody traces
//
// spile-demo [SECONDS]   serves for that long (default: until it is ended)
#include <spile/probe.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

enum class Status : std::uint16_t { kOk = 200, kNotFound = 404, kUnavailable = 503 };

struct Request {
  std::uint64_t id;
  const char* method;
  std::string path;
};

// The same three pages over and over, the third one missing and the cart slow now and then.
Request make_request(std::uint64_t id) {
  switch (id % 3) {
    case 0: return {id, "GET", "/products/" + std::to_string(id % 100)};
    case 1: return {id, "POST", "/cart"};
    default: return {id, "GET", "/favicon.ico"};
  }
}

double compute_total(const Request& request) {
  return 4.95 + 0.5 * static_cast<double>(request.id % 7);
}

Status serve(const Request& request) {
  if (request.path == "/favicon.ico") return Status::kNotFound;
  if (request.path != "/cart") return Status::kOk;
  SPILE_PROBE_SEMAPHORE(shop, cart__total, request.id, compute_total(request));
  bool is_slow = request.id % 15 == 1;
  std::this_thread::sleep_for(std::chrono::milliseconds(is_slow ? 80 : 2));
  return is_slow ? Status::kUnavailable : Status::kOk;
}

void handle(const Request& request) {
  auto begin = std::chrono::steady_clock::now();
  SPILE_PROBE(shop, request__start, request.id, request.method, request.path);
  Status status = serve(request);
  auto took = std::chrono::steady_clock::now() - begin;
  auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  SPILE_PROBE(shop, request__done, request.id, request.path, status,
              static_cast<std::int64_t>(microseconds));
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 0;
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  for (std::uint64_t id = 1; seconds <= 0 || std::chrono::steady_clock::now() < end; ++id) {
    handle(make_request(id));
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
  }
  return 0;
}
