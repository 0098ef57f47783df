// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"

using namespace spile::cli;

constexpr const char* kFooter = R"(Examples:
  spile list -p 1234                          the probes of a running process
  spile trace -p 1234 'u::request__done (arg2 >= 500) "status=%d path=%s", arg2, arg1'

spile list --help and spile trace --help tell the rest.)";

static int run(CLI::App& app, int argc, char** argv) {
  int exit_code = kExitOk;
  add_list_command(app, exit_code);
  add_trace_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return exit_code;
}

// Started with a closed standard descriptor (">&-"), the next file that is opened would get its
// number, and output would go there.
static void hold_standard_descriptors() {
  int fd = 0;
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/dev/null", O_RDWR);
  if (fd >= 0) ::close(fd);
}

int main(int argc, char** argv) {
  hold_standard_descriptors();
  CLI::App app("Find and trace the USDT probes of running programs.", "spile");
  app.set_version_flag("--version", "spile " SPILE_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);
  return run(app, argc, argv);
}
