// bench: our figures beside those of the bare pipeline, in turns in one run (README.md).

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/testing/temp_directory.h"
#include "tests/bench/bare.h"
#include "tests/bench/load.h"
#include "tests/bench/measure.h"
#include "tests/bench/ours.h"
#include "tests/bench/plans.h"
#include "tests/bench/report.h"
#include "tests/bench/requests.h"

namespace crm::bench {
namespace {

struct Flags {
  std::string brokers;
  std::string json;
  std::vector<std::string> only;
  std::string side;
  double seconds = 5;
  int rounds = 3;
};

constexpr double kWarmUpSeconds = 4;

Figures Measure(const Side& side, int in_flight, double seconds) {
  static std::atomic<int64_t> serial{1000};  // Ids and values are never used twice.
  Load load{side.address, side.method, in_flight, seconds};
  load.request = [&](int slot, int64_t n) {
    return side.request((slot + n * in_flight) % kCustomers, serial.fetch_add(1));
  };
  return Drive(load);
}

// Each customer once: what has to be there, and connections, topics and tables that are in use.
void WarmUp(const std::string& address, const std::string& method,
            std::string (*request)(int64_t number)) {
  std::atomic<int64_t> next{0};
  Load load{.address = address, .method = method, .in_flight = 64, .calls = kCustomers};
  load.request = [&](int, int64_t) { return request(next.fetch_add(1)); };
  const Figures made = Drive(load);
  base::Check(made.failures == 0, method + ": " + made.first_failure);
}

std::string Describe(const Work& work) {
  constexpr const char* kNames[] = {"position", "rewritten", "added", "row", "removed"};
  size_t header_bytes = 0;
  for (const auto& [name, value] : work.headers) header_bytes += name.size() + value.size();
  std::string text = absl::StrCat("One update: a record with ", work.headers.size(), " headers of ",
                                  header_bytes, " bytes; keys and values");
  for (const Work::Write& write : work.writes) {
    absl::StrAppend(&text, " ", kNames[write.kind], " ", write.key_bytes, "+", write.value_bytes);
  }
  return text + ".\n";
}

// What this system holds itself to, as ratios to the bare pipelines.
struct PointTarget {
  const char* name;
  int in_flight;
  bool latency;  // Of p50, at most; else of throughput, at least.
  double bound;
};
constexpr PointTarget kTargets[] = {{kUpdateOnKafka, 1, true, 1.3},
                                    {kUpdateOnKafka, 256, false, 0.75},
                                    {kUpdateEmbedded, 256, false, 0.75},
                                    {kGetBesideEcho, 64, false, 0.85},
                                    {kListBesideEcho, 64, false, 0.5}};

std::string Verdicts(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points) {
    for (const PointTarget& target : kTargets) {
      if (point.name != target.name || point.in_flight != target.in_flight) continue;
      if (point.ours.empty() || point.bare.empty()) continue;
      const Summary summary = Summarise(point);
      const Target of_ratio{absl::StrCat(point.name, " at ", point.in_flight, ", ",
                                         target.latency ? "p50" : "throughput", " / bare"),
                            target.latency, target.bound};
      text += Verdict(of_ratio, target.latency ? summary.latency_ratio : summary.rate_ratio,
                      summary.ours.failures + summary.bare.failures);
    }
  }
  return text;
}

void RunRound(std::vector<Plan>& plans, const Flags& flags, int round) {
  for (Plan& plan : plans) {
    // Who comes second finds a warmer machine: so they take turns in that too.
    for (const bool first : {true, false}) {
      const bool bare = first == (round % 2 == 0);
      const Side& side = bare ? plan.bare : plan.ours;
      if (side.address.empty() || flags.side == (bare ? "ours" : "bare")) continue;
      const Figures figures = Measure(side, plan.point.in_flight, flags.seconds);
      (bare ? plan.point.bare : plan.point.ours).push_back(figures);
      std::fprintf(stderr, "round %d: %s at %d, %s: %.0f/s, p50 %.0f us\n", round + 1,
                   plan.point.name.c_str(), plan.point.in_flight, bare ? "bare" : "ours",
                   figures.per_second, figures.p50_us);
    }
  }
}

void Run(const Flags& flags, const std::string& directory) {
  const Work work = MeasureWork(directory + "/work");
  const std::string topic = absl::StrCat("bench-bare-", absl::ToUnixMicros(absl::Now()));
  MakeTopic(flags.brokers, topic);
  const std::string bare_address =
      bare::Start(flags.brokers, topic, kPartitions, directory + "/bare", work);
  std::filesystem::create_directories(directory + "/bare-embedded");
  const std::string bare_embedded =
      bare::StartEmbedded(kPartitions, directory + "/bare-embedded", work);
  const auto kafka = StartOurs(directory + "/kafka", flags.brokers);
  const auto embedded = StartOurs(directory + "/embedded", "");
  WarmUp(AddressOf(*kafka), kCreate, CreateBytes);
  WarmUp(AddressOf(*embedded), kCreate, CreateBytes);
  for (const std::string& bare : {bare_address, bare_embedded})
    WarmUp(bare, bare::kUpdate, [](int64_t number) { return UpdateBytes(number, 1); });
  // The broker compiles what it runs often.
  for (const Side& side : {Side{AddressOf(*kafka), kUpdate, UpdateBytes},
                           Side{bare_address, bare::kUpdate, UpdateBytes}})
    Measure(side, 64, kWarmUpSeconds);
  std::vector<Plan> plans =
      MakePlans({AddressOf(*kafka), AddressOf(*embedded), bare_address, bare_embedded}, flags.only);
  base::Check(!plans.empty(), "a point has the name that --only asks for");
  for (int round = 0; round < flags.rounds; ++round) RunRound(plans, flags, round);
  std::vector<Point> points;
  for (Plan& plan : plans) points.push_back(std::move(plan.point));
  std::cout << Describe(work) << "Medians of " << flags.rounds << " rounds of " << flags.seconds
            << " s. CPU is of client and server together, without the broker.\n\n"
            << Table(points) << "\n"
            << Verdicts(points) << std::flush;
  if (!flags.json.empty()) std::ofstream(flags.json) << Json(points, flags.seconds);
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  crm::bench::Flags flags;
  CLI::App app("Our figures beside those of the bare pipeline.");
  app.add_option("--brokers", flags.brokers, "Bootstrap servers of a Kafka without our topics.")
      ->envname("CRM_KAFKA")
      ->required();
  app.add_option("--seconds", flags.seconds, "Of each measurement.")->capture_default_str();
  app.add_option("--rounds", flags.rounds, "Of which medians are taken.")->capture_default_str();
  app.add_option("--json", flags.json, "A file for all figures.");
  app.add_option("--side", flags.side, "ours or bare: only that one, for profiles.");
  app.add_option("--only", flags.only,
                 "Only points whose \"name@in flight,\" has one of these in it.")
      ->delimiter(';');
  CLI11_PARSE(app, argc, argv);
  crm::base::SetLogLevel(crm::base::Level::kError);
  {
    const crm::testing::TempDirectory directory("bench");
    crm::bench::Run(flags, directory.path());
  }
  std::cout.flush();
  // The bare pipeline has no end: its threads are cut off here.
  std::_Exit(0);
}
