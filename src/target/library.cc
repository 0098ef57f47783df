// SPDX-License-Identifier: MIT
#include "target/library.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "target/ld_cache.h"
#include "target/proc_text.h"

namespace spile::target {
namespace {

#if defined(__aarch64__)
#define SPILE_MULTIARCH "aarch64-linux-gnu"
#else
#define SPILE_MULTIARCH "x86_64-linux-gnu"
#endif

// Where loaders look without a cache (musl, containers without ldconfig).
constexpr std::array<const char*, 8> kLibraryFolders = {"/lib/" SPILE_MULTIARCH,
                                                        "/usr/lib/" SPILE_MULTIARCH,
                                                        "/lib64",
                                                        "/usr/lib64",
                                                        "/lib",
                                                        "/usr/lib",
                                                        "/usr/local/lib",
                                                        "/usr/local/lib64"};

bool is_regular_file(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::optional<std::string> find_program(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string_view path = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    std::size_t end = path.find(':');
    std::string_view folder = path.substr(0, end);
    std::string file = (folder.empty() ? "." : std::string(folder)) + "/" + name;
    if (is_regular_file(file) && ::access(file.c_str(), X_OK) == 0) return file;
    if (end == path.npos) return std::nullopt;
    path.remove_prefix(end + 1);
  }
}

std::optional<std::string> find_cached(const std::string& name) {
  Result<std::string> cache = read_text_at(AT_FDCWD, "/etc/ld.so.cache", "/etc/ld.so.cache");
  if (!cache) return std::nullopt;
  for (CachedLibrary& library : parse_ld_cache(std::as_bytes(std::span(*cache)))) {
    if (names_library(library.name, name) && is_regular_file(library.path)) return library.path;
  }
  return std::nullopt;
}

// The first name in alphabetical order, so that the answer does not depend on the folder's order.
std::optional<std::string> find_in_folder(const std::string& folder, const std::string& name) {
  DIR* dir = ::opendir(folder.c_str());
  if (dir == nullptr) return std::nullopt;
  std::vector<std::string> found;
  while (const dirent* entry = ::readdir(dir)) {
    if (!names_library(entry->d_name, name)) continue;
    std::string path = folder + "/" + entry->d_name;
    if (is_regular_file(path)) found.push_back(std::move(path));
  }
  ::closedir(dir);
  if (found.empty()) return std::nullopt;
  return *std::min_element(found.begin(), found.end());
}

std::optional<std::string> find_library(const std::string& name) {
  if (std::optional<std::string> cached = find_cached(name)) return cached;
  for (const char* folder : kLibraryFolders) {
    if (std::optional<std::string> file = find_in_folder(folder, name)) return file;
  }
  return std::nullopt;
}

}  // namespace

bool matches_module(const std::string& path, const std::string& module) {
  if (path == module) return true;
  if (module.find('/') != module.npos) return false;
  std::string_view base = base_name(path);
  return base == module || names_library(base, module);
}

Result<std::string> find_module(const std::string& module) {
  if (module.empty()) return fail(Errc::kNotFound, "find a module: its name is empty");
  if (module.find('/') != module.npos) return module;
  if (std::optional<std::string> program = find_program(module)) return *program;
  if (std::optional<std::string> library = find_library(module)) return *library;
  if (is_regular_file(module)) return "./" + module;
  return fail(Errc::kNotFound,
              "find " + module + ": no program in PATH and no library of this name",
              "looked in PATH, /etc/ld.so.cache, the usual library folders and the current folder; "
              "a whole path always works");
}

}  // namespace spile::target
