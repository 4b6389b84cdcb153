#include "tests/fault/real/judge.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/value.pb.h"

namespace crm::fault {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kJudgePatience = absl::Minutes(5);
// As Go writes durations: "1m2.5s", "870ms".
constexpr char kLongestGap[] = R"(max ((\d+)m(?!s))?((\d+(\.\d+)?)s)?((\d+(\.\d+)?)ms)?)";

customer::v1::GetPyramidRequest AllOrders() {
  customer::v1::GetPyramidRequest request;
  const auto set = [](google::type::Date& date, int month) {
    date.set_year(2026);
    date.set_month(month);
    date.set_day(1);
  };
  set(*request.mutable_period()->mutable_start(), 6);
  set(*request.mutable_period()->mutable_end(), 7);
  request.set_measure(customer::v1::MEASURE_REVENUE);
  return request;
}

void CheckOrders(e2e::Service& replica, const Totals& totals) {
  int64_t orders = 0, units = 0;
  e2e::Until("a replica shows the orders that were acknowledged", [&] {
    const auto pyramid = replica.client().Call<customer::v1::GetPyramidResponse>(AllOrders());
    if (!pyramid.ok()) return false;
    orders = pyramid->order_count();
    units = pyramid->revenue().units();
    return orders == totals.orders && units == totals.units;
  });
  EXPECT_EQ(orders, totals.orders) << "orders";
  EXPECT_EQ(units, totals.units) << "revenue of the orders";
}

std::string Contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

double MillisOf(const std::smatch& gap) {
  const auto number = [&](size_t i) { return gap[i].matched ? std::stod(gap[i].str()) : 0.0; };
  return number(2) * 60'000 + number(4) * 1'000 + number(7);
}

std::string Topic(const std::string& topic, const std::string& directory) {
  return absl::StrCat(topic, "=", directory, "/", topic, ".json");
}

}  // namespace

void CheckServices(Cluster& cluster, const Totals& totals) {
  cluster.brokers().WaitUntilInSync();
  cluster.WaitUntilWell();
  for (int i = 0; i < kReplicas; ++i) CheckOrders(cluster.replica(i), totals);
  for (int i = 1; i < kReplicas; ++i) {
    EXPECT_NE(e2e::EqualDigests(cluster.replica(0), cluster.replica(i), kCustomerTopic), "")
        << "replicas 1 and " << i + 1;
  }
}

Judgement JudgeHistory(const Programs& programs, const std::string& bootstrap,
                       const std::string& directory) {
  Judgement judgement;
  for (const char* topic : {kCustomerTopic, kSalesTopic}) {
    const std::string file = absl::StrCat(directory, "/", topic, ".json");
    const int code = e2e::RunProgram(
        {programs.topicdump, "--brokers", bootstrap, "--topic", topic, "--out", file},
        directory + "/topicdump.output", kJudgePatience);
    EXPECT_EQ(code, 0) << "no dump of " << topic << ": "
                       << Contents(directory + "/topicdump.output");
  }
  std::vector<std::string> verify = {programs.verify,
                                     "--topic",
                                     Topic(kCustomerTopic, directory),
                                     "--topic",
                                     Topic(kSalesTopic, directory),
                                     "--history",
                                     directory + "/history.jsonl",
                                     "--html",
                                     directory};
  for (const char* check : {"reads-plain", "reads-after", "reads-barrier", "sessions"}) {
    verify.insert(verify.end(), {"--need", check});
  }
  const std::string output = directory + "/verify.output";
  const int code = e2e::RunProgram(verify, output, kJudgePatience);
  judgement.report = Contents(output);
  judgement.right = code == 0;
  std::smatch gap;
  if (std::regex_search(judgement.report, gap, std::regex(kLongestGap))) {
    judgement.gap_ms = MillisOf(gap);
  }
  return judgement;
}

Resources ResourcesOf(pid_t pid) {
  Resources resources;
  const std::string process = absl::StrCat("/proc/", pid);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(process + "/fd", error)) {
    resources.fds += entry.path().empty() ? 0 : 1;
  }
  std::ifstream status(process + "/status");
  for (std::string word; status >> word;) {
    if (word == "Threads:") status >> resources.threads;
    if (word == "VmRSS:") status >> resources.rss_kib;
  }
  return resources;
}

}  // namespace crm::fault
