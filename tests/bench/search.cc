// bench_search: how long finding a customer takes among many (README.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crm/customer/v1/caller.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "libs/app/handlers.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/rpc/client.h"
#include "libs/testing/temp_directory.h"
#include "tests/bench/imports.h"
#include "tests/bench/load.h"
#include "tests/bench/ours.h"
#include "tests/bench/proc.h"
#include "tests/bench/report.h"
#include "tests/bench/requests.h"
#include "tests/bench/search_book.h"
#include "tests/bench/settle.h"

namespace crm::bench {
namespace {

constexpr int64_t kStride = 7'919;  // Prime: calls look for the customers in no order.
constexpr int kInFlight = 16;
constexpr double kP99MsMax = 20;
constexpr int kSamples = 64;

std::string SearchFor(const std::string& query) {
  customer::v1::SearchCustomersRequest request;
  request.set_query(query);
  return request.SerializeAsString();
}

// What a kind of query reads and finds, one after the other.
struct Sample {
  std::vector<int64_t> rows;
  int incomplete = 0;
};

Sample SampleOf(const QueryKind& kind, rpc::Channel& channel, int64_t customers) {
  Sample sample;
  for (int64_t i = 0; i < kSamples; ++i) {
    const int64_t number = i * kStride * kStride % customers;
    const std::string query = kind.query(number);
    const rpc::CallReply reply = channel.Call(kSearch, SearchFor(query));
    base::Check(reply.status.ok(), reply.status.ToString());
    customer::v1::SearchCustomersResponse response;
    base::Check(response.ParseFromString(reply.reply), "an answer is one");
    for (const auto& [name, value] : reply.trailers) {
      if (name == app::kRowsScannedTrailer) sample.rows.push_back(std::stoll(value));
    }
    sample.incomplete += response.incomplete() ? 1 : 0;
    const std::string wanted = NamedCustomer(number).personal().phones(0);
    const bool found =
        std::any_of(response.hits().begin(), response.hits().end(),
                    [&](const auto& hit) { return hit.customer().personal().phones(0) == wanted; });
    base::Check(found || !kind.finds || response.incomplete() || response.hits_size() == 20,
                "what was looked for is found: " + query);
  }
  std::sort(sample.rows.begin(), sample.rows.end());
  return sample;
}

std::string LookUp(const std::string& number) {
  customer::v1::LookupCallerRequest request;
  request.set_number(number);
  return request.SerializeAsString();
}

// A page of 50 of what an owner, a region, or the beginning of a name has.
std::string ListOf(int64_t call, int64_t customers) {
  const customer::v1::Customer customer = NamedCustomer(call * kStride % customers);
  customer::v1::ListCustomersRequest request;
  request.set_page_size(50);
  switch (call / kInFlight % 3) {
    case 0:
      request.set_filter(absl::StrCat("owner = \"", customer.owner(), "\""));
      request.set_order_by("status, display_name");
      break;
    case 1:
      request.set_filter(absl::StrCat("region = \"", customer.region(), "\""));
      break;
    default:
      request.set_filter(absl::StrCat("display_name >= \"", customer.display_name(), "\""));
      request.set_order_by("display_name");
  }
  return request.SerializeAsString();
}

Figures Measure(const std::string& address, const char* method, double seconds,
                const std::function<std::string(int64_t call)>& request) {
  Load load{.address = address, .method = method, .in_flight = kInFlight, .seconds = seconds};
  load.request = [&](int slot, int64_t n) { return request(slot + n * kInFlight); };
  const Figures made = Drive(load);
  base::Check(made.failures == 0, made.first_failure);
  return made;
}

void Run(int64_t customers, double seconds, const std::string& directory) {
  auto process = StartOurs(directory, "");
  const std::string address = AddressOf(*process);
  const double took = ImportCustomers(address, customers, NamedCustomer);
  AwaitQuiet(*process);
  // Processor time is of the service and its callers, whoever else was busy on the machine.
  std::printf("%d customers, imported at %.0f/s; %.0f MiB resident. %d in flight.\n\n",
              static_cast<int>(customers), static_cast<double>(customers) / took,
              StatusMib(getpid(), "VmRSS"), kInFlight);
  std::printf("| query | p50 ms | p99 ms | per s | cpu us | rows p50 | rows most | incomplete |\n");
  std::printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
  rpc::Channel channel({.target = address});
  for (const QueryKind& kind : kQueries) {
    const Sample sample = SampleOf(kind, channel, customers);
    const Figures figures = Measure(address, kSearch, seconds, [&](int64_t call) {
      return SearchFor(kind.query(call * kStride % customers));
    });
    std::printf("| %s | %.2f | %.2f | %.0f | %.0f | %d | %d | %d of %d |\n", kind.name,
                figures.p50_us / 1e3, figures.p99_us / 1e3, figures.per_second, figures.cpu_us,
                static_cast<int>(sample.rows[sample.rows.size() / 2]),
                static_cast<int>(sample.rows.back()), sample.incomplete, kSamples);
    std::fflush(stdout);
  }
  const Figures mix = Measure(address, kSearch, 4 * seconds, [&](int64_t call) {
    return SearchFor(QueryOfTheMix(call).query(call * kStride % customers));
  });
  std::printf("| the mix | %.2f | %.2f | %.0f | %.0f | | | |\n", mix.p50_us / 1e3, mix.p99_us / 1e3,
              mix.per_second, mix.cpu_us);
  const Figures caller = Measure(address, kLookupCaller, seconds, [&](int64_t call) {
    return LookUp(NamedCustomer(call * kStride % customers).personal().phones(0));
  });
  const Figures list =
      Measure(address, kList, seconds, [&](int64_t call) { return ListOf(call, customers); });
  std::printf("| a page of 50 | %.2f | %.2f | %.0f | %.0f | | | |\n", list.p50_us / 1e3,
              list.p99_us / 1e3, list.per_second, list.cpu_us);
  std::printf("| who calls | %.2f | %.2f | %.0f | %.0f | | | |\n\n", caller.p50_us / 1e3,
              caller.p99_us / 1e3, caller.per_second, caller.cpu_us);
  std::cout << Verdict({absl::StrCat("search among ", customers, ", p99 ms at ", kInFlight), true,
                        kP99MsMax},
                       mix.p99_us / 1e3)
            << Verdict({absl::StrCat("ListCustomers among ", customers, ", p99 ms at ", kInFlight),
                        true, kP99MsMax},
                       list.p99_us / 1e3)
            << Verdict({absl::StrCat("LookupCaller among ", customers, ", p99 ms at ", kInFlight),
                        true, kP99MsMax},
                       caller.p99_us / 1e3)
            << std::flush;
  process->Stop(absl::Seconds(1));
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  int64_t customers = 1'000'000;
  double seconds = 5;
  CLI::App app("How long finding a customer takes among many, on the embedded log.");
  app.add_option("--customers", customers, "So many.")->capture_default_str();
  app.add_option("--seconds", seconds, "Of each kind of query.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crm::base::SetLogLevel(crm::base::Level::kError);
  const crm::testing::TempDirectory directory("search");
  crm::bench::Run(customers, seconds, directory.path());
  return 0;
}
