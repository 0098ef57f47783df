// SPDX-License-Identifier: MIT
// One function a subcommand: registers its options with the command line and stores its exit code
// (exit_codes.h) once it has run.
#pragma once

#include <CLI/CLI.hpp>

namespace spile::cli {

void add_list_command(CLI::App& app, int& exit_code);
void add_trace_command(CLI::App& app, int& exit_code);

}  // namespace spile::cli
