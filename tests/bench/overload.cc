// bench_overload: what is left of the service when more is asked of it than it can do (README.md).
#include <errno.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/rpc/stuck_reader.h"
#include "libs/testing/temp_directory.h"
#include "tests/bench/apart.h"
#include "tests/bench/load.h"
#include "tests/bench/open_loop.h"
#include "tests/bench/overload_report.h"
#include "tests/bench/proc.h"
#include "tests/bench/requests.h"

namespace crm::bench {
namespace {

constexpr int kNiceness = 5;  // Of the sender, above that of the service.
constexpr int kReaders = 1'000;
constexpr int kOthers = 64;           // Calls in flight beside them.
constexpr double kNormalShare = 0.5;  // Of the peak: the load before and after a flood.
constexpr double kAfterSeconds = kRecoverySeconds + 3;

struct Flags {
  std::string brokers, json, only;
  std::vector<double> factors = {2, 5, 10};
  double seconds = 5;
};

class Overload {
 public:
  Overload(ServiceApart& service, int port, double seconds)
      : service_(service),
        port_(port),
        address_(absl::StrCat("127.0.0.1:", port)),
        seconds_(seconds) {}

  void WarmUp() {
    std::atomic<int64_t> next{0};
    Load load{.address = address_, .method = kCreate, .in_flight = kOthers, .calls = kCustomers};
    load.request = [&](int, int64_t) { return CreateBytes(next.fetch_add(1)); };
    const Figures made = Drive(load);
    base::Check(made.failures == 0, made.first_failure);
    Closed(kCustomers, 4 * kOthers);  // The broker compiles what it runs often.
  }

  // Customers are the first ones.
  Subject Measure(std::string name, int customers, const std::vector<int>& in_flights) {
    Subject subject{.name = std::move(name), .customers = customers};
    // Twice, as the first finds colder caches.
    for (size_t i = 0; i < 2 * in_flights.size(); ++i) {
      const int in_flight = in_flights[i % in_flights.size()];
      const Figures figures = Closed(customers, in_flight);
      std::fprintf(stderr, "%s: %d in flight: %.0f/s, p50 %.1f ms, %ld refused\n",
                   subject.name.c_str(), in_flight, figures.per_second, figures.p50_us / 1e3,
                   figures.failures);
      if (figures.per_second <= subject.peak_per_second) continue;
      subject.peak_per_second = figures.per_second;
      subject.peak_in_flight = in_flight;
    }
    return subject;
  }

  Flood Under(const Subject& subject, double factor) {
    const double normal = kNormalShare * subject.peak_per_second;
    Traffic traffic{.address = address_, .method = kUpdate};
    traffic.deadline = std::chrono::milliseconds(static_cast<int>(1e3 * kDeadlineSeconds));
    traffic.phases = {
        {normal, seconds_}, {factor * subject.peak_per_second, seconds_}, {normal, kAfterSeconds}};
    traffic.request = [&](int64_t n) { return NextUpdate(n % subject.customers); };
    Cores cores;
    double memory_mib = 0;
    traffic.begins = [&](size_t phase) {
      if (phase != 1 && phase != 2) return;
      const Usage usage = service_.Take();
      const double sign = phase == 1 ? -1 : 1;
      cores.service += sign * usage.cpu_seconds / seconds_;
      cores.sender += sign * CpuSecondsHere() / seconds_;
      cores.machine += sign * CpuSecondsOfMachine() / seconds_;
      memory_mib = usage.memory_mib;
    };
    Flood flood = FloodOf(Flow(traffic), factor);
    flood.memory_mib = memory_mib;
    flood.cores = cores;
    std::fprintf(stderr, "%s: %gx: %.0f of %.0f/s\n", subject.name.c_str(), factor, flood.goodput,
                 flood.offered);
    return flood;
  }

  Stuck BesideStuckReaders() {
    Stuck stuck{.readers = kReaders};
    stuck.before_per_second = Closed(kCustomers, kOthers).per_second;
    service_.Take();
    customer::v1::ListCustomersRequest all;
    all.set_page_size(1'000);
    const std::string message = all.SerializeAsString();
    stuck.reply_bytes = static_cast<double>(CallOnce(address_, kList, message).size());
    std::vector<std::unique_ptr<rpc::StuckReader>> readers;
    for (int i = 0; i < kReaders; ++i)
      readers.push_back(std::make_unique<rpc::StuckReader>(port_, kList, message));
    stuck.coming_per_second = Closed(kCustomers, kOthers).per_second;
    stuck.beside_per_second = Closed(kCustomers, kOthers).per_second;
    stuck.memory_mib = service_.Take().memory_mib;
    return stuck;
  }

 private:
  Figures Closed(int customers, int in_flight) {
    Load load{.address = address_, .method = kUpdate, .in_flight = in_flight, .seconds = seconds_};
    load.request = [&](int slot, int64_t n) {
      return NextUpdate((slot + n * in_flight) % customers);
    };
    return Drive(load);
  }

  std::string NextUpdate(int64_t number) { return UpdateBytes(number, serial_.fetch_add(1)); }

  ServiceApart& service_;
  const int port_;
  const std::string address_;
  const double seconds_;
  std::atomic<int64_t> serial_{1};  // Ids and values are never used twice.
};

void Run(const Flags& flags, ServiceApart& service, const std::string& directory) {
  Overload overload(service, service.Start(directory, flags.brokers), flags.seconds);
  overload.WarmUp();
  std::vector<Subjected> all;
  const auto flood = [&](const std::string& name, int customers, const std::vector<int>& in_flights,
                         const std::vector<double>& factors) {
    if (name.find(flags.only) == std::string::npos) return;
    all.push_back({overload.Measure(name, customers, in_flights), {}});
    const Subject& subject = all.back().subject;
    for (const double factor : factors)
      all.back().floods.push_back(overload.Under(subject, factor));
    std::cout << TableOf(all.back()) << "\n" << std::flush;
  };
  // Commands of one customer are done one after another: so little that a flood of ten times as
  // many can be sent on the same machine.
  flood("one customer", 1, {16, 64, 250}, flags.factors);
  // What the whole service can do takes the machine already: more than this cannot be sent.
  flood("all customers", kCustomers, {64, 256, 1024}, {2});
  Stuck stuck;
  if (std::string("stuck readers").find(flags.only) != std::string::npos)
    stuck = overload.BesideStuckReaders();
  std::cout << Verdicts(all, stuck) << std::flush;
  if (!flags.json.empty()) std::ofstream(flags.json) << Json(all, stuck);
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  crm::bench::Flags flags;
  CLI::App app("What is left of the service when more is asked of it than it can do.");
  app.add_option("--brokers", flags.brokers, "Bootstrap servers of a Kafka without our topics.")
      ->envname("CRM_KAFKA")
      ->required();
  app.add_option("--seconds", flags.seconds, "Of each measurement.")->capture_default_str();
  app.add_option("--factors", flags.factors, "Of the peak of one customer: 2,5,10.")
      ->delimiter(',');
  app.add_option("--only", flags.only, "Of one, all and stuck: only that.")
      ->check(CLI::IsMember({"one", "all", "stuck"}));
  app.add_option("--json", flags.json, "A file for all figures.");
  CLI11_PARSE(app, argc, argv);
  crm::base::SetLogLevel(crm::base::Level::kError);
  const crm::testing::TempDirectory directory("overload");
  {
    crm::bench::ServiceApart service;
    // Callers have machines of their own: the service and the broker go first on this one.
    errno = 0;
    crm::base::Check(nice(crm::bench::kNiceness) != -1 || errno == 0, "the sender can give way");
    crm::bench::Run(flags, service, directory.path());
  }
  return 0;
}
