// SPDX-License-Identifier: MIT
#include <fmt/format.h>

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

int main(int argc, char** argv) {
  CLI::App app("Find and trace the USDT probes of running programs.", "spile");
  app.set_version_flag("--version", "spile " SPILE_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);
  return run(app, argc, argv);
}
