// bench_growth: what it costs as the book of customers grows (README.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/testing/temp_directory.h"
#include "tests/bench/growth_table.h"
#include "tests/bench/imports.h"
#include "tests/bench/load.h"
#include "tests/bench/ours.h"
#include "tests/bench/proc.h"
#include "tests/bench/requests.h"
#include "tests/bench/settle.h"

namespace crm::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kPyramid[] = "/crm.customer.v1.CustomerValueService/GetPyramid";
constexpr int64_t kOrdersPerCustomer = 3;
constexpr int64_t kStride = 7'919;  // Prime: calls visit the customers in no order, each once.

double BytesIn(const std::string& directory) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

std::string PyramidBytes() {
  customer::v1::GetPyramidRequest request;
  google::type::Date& first = *request.mutable_period()->mutable_start();
  google::type::Date& end = *request.mutable_period()->mutable_end();
  for (google::type::Date* date : {&first, &end}) {
    date->set_month(1);
    date->set_day(1);
  }
  first.set_year(2020);
  end.set_year(2021);
  return request.SerializeAsString();
}

class Growth {
 public:
  Growth(std::string directory, double seconds)
      : directory_(std::move(directory)), seconds_(seconds) {}

  GrowthRow GrowTo(int64_t customers) {
    GrowthRow row{.customers = customers};
    auto process = StartOurs(directory_, "", Services::kCustomerAndSales);
    row.import_per_second = ImportUpTo(*process, customers);
    AwaitQuiet(*process);
    const std::string address = AddressOf(*process);
    row.command_us = Measure(address, kUpdate, 1, NextUpdate()).p50_us;
    row.commands_per_second = Measure(address, kUpdate, 64, NextUpdate()).per_second;
    row.get_us = Measure(address, kGet, 1, Each(GetBytes)).p50_us;
    row.gets_per_second = Measure(address, kGet, 64, Each(GetBytes)).per_second;
    row.list_us = Measure(address, kList, 1, Each(ListBytes)).p50_us;
    row.pyramid_ms =
        Measure(address, kPyramid, 1, [](int64_t) { return PyramidBytes(); }).p50_us / 1'000;
    row.memory_mib = StatusMib(getpid(), "VmRSS");
    AwaitQuiet(*process);
    int64_t records = 0;
    for (const auto& [who, positions] : AppliedBy(*process)) {
      for (const auto& [partition, next] : positions) records += next;
    }
    process->Stop(absl::Seconds(1));
    process.reset();
    row.disk_bytes = BytesIn(directory_) / static_cast<double>(customers);

    Clock::time_point begin = Clock::now();
    process = StartOurs(directory_, "", Services::kCustomerAndSales);
    row.start_s = SecondsSince(begin);
    process->Stop(absl::Seconds(1));
    process.reset();
    for (const char* service : {"customer", "sales"})
      std::filesystem::remove_all(directory_ + "/" + service);
    begin = Clock::now();
    process = LaunchOurs(directory_, "", Services::kCustomerAndSales);
    AwaitReplayed(*process);
    row.replay_s = SecondsSince(begin);
    row.records_per_second = static_cast<double>(records) / row.replay_s;
    process->Stop(absl::Seconds(1));
    return row;
  }

 private:
  double ImportUpTo(const app::Process& process, int64_t customers) {
    Book book{customers, customers * kOrdersPerCustomer, customers_,
              customers_ * kOrdersPerCustomer};
    const double seconds = Import(AddressOf(process), book, [&] { AwaitQuiet(process); });
    const auto rows = static_cast<double>((customers - customers_) * (1 + kOrdersPerCustomer));
    customers_ = customers;
    return rows / seconds;
  }

  Figures Measure(const std::string& address, const char* method, int in_flight,
                  const std::function<std::string(int64_t call)>& request) const {
    Load load{.address = address, .method = method, .in_flight = in_flight, .seconds = seconds_};
    load.request = [&](int slot, int64_t n) { return request(slot + n * in_flight); };
    const Figures made = Drive(load);
    base::Check(made.failures == 0, std::string(method) + ": " + made.first_failure);
    base::Check(made.calls > 0, std::string(method) + ": no call was done in the time");
    return made;
  }

  std::function<std::string(int64_t)> Each(std::string (*bytes)(int64_t number)) const {
    return [bytes, all = customers_](int64_t call) { return bytes(call * kStride % all); };
  }
  std::function<std::string(int64_t)> NextUpdate() {
    return [this](int64_t call) {
      return UpdateBytes(call * kStride % customers_, serial_.fetch_add(1));
    };
  }
  const std::string directory_;
  const double seconds_;
  int64_t customers_ = 0;
  std::atomic<int64_t> serial_{1};
};

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  std::string sizes = "10000,100000,1000000", file;
  double seconds = 5;
  CLI::App app("What it costs as the book of customers grows, on the embedded log.");
  app.add_option("--sizes", sizes, "Numbers of customers, ascending.")->capture_default_str();
  app.add_option("--seconds", seconds, "Of each measurement.")->capture_default_str();
  app.add_option("--out", file, "A file for the figures, for the plot.");
  CLI11_PARSE(app, argc, argv);
  crm::base::SetLogLevel(crm::base::Level::kError);
  const crm::testing::TempDirectory directory("growth");
  crm::bench::Growth growth(directory.path(), seconds);
  std::vector<crm::bench::GrowthRow> rows;
  for (const absl::string_view size : absl::StrSplit(sizes, ',')) {
    rows.push_back(growth.GrowTo(std::stoll(std::string(size))));
    std::fprintf(stderr, "%s", crm::bench::TableOf(rows).c_str());
  }
  std::cout << crm::bench::TableOf(rows) << crm::bench::Verdicts(rows) << std::flush;
  if (!file.empty()) std::ofstream(file) << crm::bench::TableOf(rows);
  return 0;
}
