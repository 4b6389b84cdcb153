#include "tools/crmctl/cli.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/log.h"
#include "tools/crmctl/failure.h"

namespace crm::crmctl {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 done, 2 wrong command line, 3 invalid argument, 4 not found, 5 not in this\n"
    "state (failed precondition, aborted, exists), 6 permission, 7 unavailable or too late,\n"
    "1 anything else.";

void AddGlobals(CLI::App& app, Globals& globals) {
  app.add_option("--server", globals.connection.server, "host:port to call")
      ->envname("CRM_SERVER")
      ->capture_default_str();
  app.add_option("--actor", globals.connection.actor, "who asks, for example user:ann")
      ->envname("CRM_ACTOR");
  app.add_option("--timeout", globals.timeout_seconds,
                 "seconds that a call may take, at most 60 (10; import and wait-ready: 60)")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", globals.output.json, "print JSON instead of tables");
  app.add_option("--columns", globals.output.columns, "fields that lists show: name,status")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--read-after", globals.connection.read_after,
                 "position token that reads wait for");
  app.add_flag("--read-barrier", globals.connection.read_barrier,
               "reads see all that was acknowledged before");
  app.add_flag("--position", globals.output.position,
               "print the position token of the answer to stderr");
}

}  // namespace

ConnectionOptions Plan::OptionsWith(absl::Duration timeout) const {
  ConnectionOptions options = globals.connection;
  options.timeout = globals.timeout_seconds > 0 ? absl::Seconds(globals.timeout_seconds) : timeout;
  return options;
}

std::vector<std::string> SortOutJson(const std::vector<std::string>& arguments) {
  std::vector<std::string> sorted = arguments;
  for (size_t i = 0; i + 1 < sorted.size(); ++i) {
    const std::string& next = sorted[i + 1];
    if (sorted[i] == "--json" && (next.starts_with("{") || next.starts_with("@"))) {
      sorted[i] = "--data";
    }
  }
  return sorted;
}

int Run(const std::vector<std::string>& arguments, const Terminal& terminal) {
  base::SetLogLevel(base::Level::kError);
  const Catalogue catalogue(LinkedFiles());
  Plan plan{terminal, catalogue, {}, {}, {}};
  CLI::App app("crmctl: the command line client of the CRM suite", "crmctl");
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(kFooter);
  AddGlobals(app, plan.globals);
  AddToolCommands(app, plan);
  AddResourceCommands(app, plan);

  std::vector<std::string> reversed = SortOutJson(arguments);
  std::reverse(reversed.begin(), reversed.end());  // As CLI11 takes them.
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;  // For help.
    app.exit(error, terminal.out, terminal.err);
    return asked ? kExitOk : kExitUsage;
  }
  const absl::Status status = plan.run ? plan.run() : Usage("nothing to do");
  if (!status.ok()) terminal.err << Explain(status, LanguageOfEnvironment());
  return ExitCodeOf(status);
}

}  // namespace crm::crmctl
