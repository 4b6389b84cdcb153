// sim: simulated runs of two services under faults, each from a seed; see tests/fault/README.md.
// Exit status 0: no seed found anything, and every kind of fault happened often enough. With
// --planted: 0 when some seed found something.
#include <CLI/CLI.hpp>
#include <iostream>

#include "libs/base/log.h"
#include "tests/fault/sim/run.h"
#include "tests/fault/sim/sweep.h"

namespace crm::fault {
namespace {

int RunOne(uint64_t seed, bool talk) {
  base::SetLogLevel(talk ? base::Level::kInfo : base::Level::kError);
  const RunReport report = RunSeed(seed);
  std::cout << "seed " << seed << ": " << report.operations << " operations, "
            << report.acknowledged << " acknowledged; " << report.accepted << " records accepted, "
            << report.rejected << " rejected; " << absl::FormatDuration(report.simulated)
            << " simulated\n";
  for (const auto& [kind, count] : report.faults) std::cout << "  " << kind << " " << count << "\n";
  for (const std::string& violation : report.violations)
    std::cout << "VIOLATION " << violation << "\n";
  return report.violations.empty() ? 0 : 1;
}

int Run(int argc, char** argv) {
  CLI::App app{"Simulated runs of the engine under faults, each from a seed."};
  uint64_t seed = 0;
  SweepOptions sweep;
  bool talk = false;
  double minutes = 0;
  const auto* one = app.add_option("--seed", seed, "run this one and say what happened");
  app.add_option("--from", sweep.from, "first seed of a sweep")->capture_default_str();
  app.add_option("--count", sweep.count, "how many seeds; 0: as many as fit in --minutes");
  app.add_option("--minutes", minutes, "how long");
  app.add_option("--at-least", sweep.at_least, "go on after --minutes until so many are through");
  app.add_option("--jobs", sweep.jobs, "runs at a time; 0: as many as there are processors");
  app.add_flag("--planted", sweep.planted, "stop at the first seed that finds something");
  app.add_flag("--talk", talk, "with --seed: say what the engine says");
  CLI11_PARSE(app, argc, argv);
  if (one->count() > 0) return RunOne(seed, talk);
  sweep.time = minutes > 0 ? absl::Minutes(minutes) : absl::InfiniteDuration();
  if (sweep.count == 0 && minutes <= 0) {
    std::cerr << "sim: --seed, --count or --minutes, else it would never end\n";
    return 2;
  }
  return Sweep(sweep);
}

}  // namespace
}  // namespace crm::fault

int main(int argc, char** argv) { return crm::fault::Run(argc, argv); }
