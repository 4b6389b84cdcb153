// The command line: which words and flags there are, and what they start.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/crmctl/catalogue.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/invoke.h"

namespace crm::crmctl {

// What holds for every command.
struct Globals {
  ConnectionOptions connection;
  OutputOptions output;
  double timeout_seconds = 0;  // 0: the command's own.
};

// What the command line asks for, once it was read. The strings that flags fill live in `storage`.
struct Plan {
  Terminal terminal;
  const Catalogue& catalogue;
  Globals globals;
  std::function<absl::Status()> run;
  std::vector<std::shared_ptr<void>> storage;

  // The options with the time-out that was asked for, else with this one.
  ConnectionOptions OptionsWith(absl::Duration timeout) const;
};

// A place for what a subcommand's flags fill, which lives as long as the plan.
template <class T>
T& Store(Plan& plan) {
  auto stored = std::make_shared<T>();
  plan.storage.push_back(stored);
  return *stored;
}

// `crmctl customers list`, `crmctl call`, `crmctl methods`, `crmctl describe`.
void AddResourceCommands(CLI::App& app, Plan& plan);
// `crmctl pyramid`, `import`, `events`, `log`, `partitions`, `wait-ready`.
void AddToolCommands(CLI::App& app, Plan& plan);

// "--json" before an argument that begins with "{" or "@" is the request; elsewhere it asks for
// JSON as output. Gives the arguments without the program's name, the former as "--data".
std::vector<std::string> SortOutJson(const std::vector<std::string>& arguments);

// Runs a command line and gives its exit code (failure.h).
int Run(const std::vector<std::string>& arguments, const Terminal& terminal);

}  // namespace crm::crmctl
