// bench_replay: how fast tables are made anew from the log, beside the bare parts (README.md).

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/app/process.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/testing/temp_directory.h"
#include "tests/bench/bare_replay.h"
#include "tests/bench/dump.h"
#include "tests/bench/imports.h"
#include "tests/bench/ours.h"
#include "tests/bench/proc.h"
#include "tests/bench/report.h"
#include "tests/bench/settle.h"

namespace crm::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Flags {
  std::string brokers;
  Book book;
  int rounds = 3;
};

std::vector<ReplayWork> MeasureWorks(const app::Process& process) {
  std::vector<ReplayWork> works;
  for (const app::Host* host : process.hosts()) {
    ReplayWork work;
    for (const auto& [who, positions] : AppliedBy(process)) {
      if (who.first != host->service().name) continue;
      work.topics.push_back(who.second);
      for (const auto& [partition, next] : positions) work.records += next;
    }
    works.push_back(std::move(work));
  }
  return works;
}

// The tables are gone, the log is there: until the last service has caught up.
double ReplayOurs(const Flags& flags, const std::string& directory) {
  for (const char* service : {"customer", "sales"})
    std::filesystem::remove_all(directory + "/" + service);
  const Clock::time_point begin = Clock::now();
  const auto process = LaunchOurs(directory, flags.brokers, Services::kCustomerAndSales);
  AwaitReplayed(*process);
  const double seconds = SecondsSince(begin);
  process->Stop(absl::Seconds(1));
  return seconds;
}

void Run(const Flags& flags, const std::string& directory) {
  auto process = StartOurs(directory, flags.brokers, Services::kCustomerAndSales);
  const double import_seconds =
      Import(AddressOf(*process), flags.book, [&] { AwaitQuiet(*process); });
  AwaitQuiet(*process);
  std::vector<ReplayWork> works = MeasureWorks(*process);
  std::vector<std::string> names;
  for (const app::Host* host : process->hosts()) names.push_back(host->service().name);
  process->Stop(absl::Seconds(1));
  process.reset();
  int64_t records = 0;
  for (size_t i = 0; i < works.size(); ++i) {
    for (const auto& [key, value] : DumpTables(directory, names[i])) {
      ++works[i].keys;
      works[i].key_bytes += static_cast<int64_t>(key.size());
      works[i].value_bytes += static_cast<int64_t>(value.size());
    }
    records += works[i].records;
    std::cout << absl::StrFormat("%s: %d records of %d topics; %d keys, %d+%d bytes each\n",
                                 names[i], works[i].records, works[i].topics.size(), works[i].keys,
                                 works[i].key_bytes / works[i].keys,
                                 works[i].value_bytes / works[i].keys);
  }
  std::cout << absl::StrFormat("Imported %d customers and %d orders in %.1f s.\n",
                               flags.book.customers, flags.book.orders, import_seconds);
  Point point{"replay", 1, {}, {}};
  const auto figures = [&](double seconds) {
    Figures made;
    made.calls = records;
    made.per_second = static_cast<double>(records) / seconds;
    return made;
  };
  for (int round = 0; round < flags.rounds; ++round) {
    for (const bool first : {true, false}) {
      const bool bare = first == (round % 2 == 0);
      double seconds = 0;
      if (bare) {
        if (flags.brokers.empty()) continue;
        const std::string tables = absl::StrCat(directory, "/bare-", round);
        std::filesystem::create_directories(tables);
        seconds = bare::Replay(flags.brokers, kPartitions, tables, works);
        std::filesystem::remove_all(tables);
      } else {
        seconds = ReplayOurs(flags, directory);
      }
      (bare ? point.bare : point.ours).push_back(figures(seconds));
      std::fprintf(stderr, "round %d: %s: %.2f s\n", round + 1, bare ? "bare" : "ours", seconds);
    }
  }
  const Summary summary = Summarise(point);
  std::cout << absl::StrFormat("Replay: ours %.0f records/s", summary.ours.per_second);
  if (point.bare.empty()) {
    std::cout << "\n";
    return;
  }
  std::cout << absl::StrFormat(", bare %.0f\n", summary.bare.per_second)
            << Verdict({"replay / bare", false, 0.6}, summary.rate_ratio);
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  crm::bench::Flags flags;
  CLI::App app("How fast tables are made anew from the log.");
  app.add_option("--brokers", flags.brokers,
                 "Bootstrap servers of a Kafka without our topics; none: the embedded log.")
      ->envname("CRM_KAFKA");
  app.add_option("--customers", flags.book.customers, "To import.")->capture_default_str();
  app.add_option("--orders", flags.book.orders, "To import.")->capture_default_str();
  app.add_option("--rounds", flags.rounds, "Of which medians are taken.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crm::base::SetLogLevel(crm::base::Level::kError);
  const crm::testing::TempDirectory directory("replay");
  crm::bench::Run(flags, directory.path());
  return 0;
}
