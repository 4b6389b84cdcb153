#include "tests/fault/real/runner.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace crm::fault {
namespace {

namespace fs = std::filesystem;

constexpr double kRateMin = 100;
constexpr int kTries = 3;
// The log grows, and with it dumps and rebuilds: a new one now and then.
constexpr int kInjectionsPerCluster = 25;
// Long enough for any call that is not lost, short enough that a frozen server does not hold a
// client for the whole fault.
constexpr absl::Duration kCallTimeout = absl::Seconds(5);
// The published policy's own.
constexpr absl::Duration kPolicyTimeout = absl::Seconds(60);

std::string Quoted(const std::string& text) {
  return absl::StrCat(
      "\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}), "\"");
}

std::string Json(const std::vector<Resources>& all) {
  const auto one = [](std::string* out, const Resources& r) {
    absl::StrAppend(out, "{\"fds\":", r.fds, ",\"threads\":", r.threads, ",\"rss_kib\":", r.rss_kib,
                    "}");
  };
  return absl::StrCat("[", absl::StrJoin(all, ",", one), "]");
}

}  // namespace

Runner::Runner(RunOptions options) : options_(std::move(options)), random_(options_.seed) {
  fs::create_directories(options_.out);
  record_.open(options_.out + "/record.jsonl", std::ios::app);
}

void Runner::CheckResources() {
  resources_.clear();
  for (int i = 0; i < kReplicas; ++i) {
    resources_.push_back(ResourcesOf(cluster_->replica(i).pid()));
  }
}

void Runner::Suffer(const Injection& injection, const std::string& directory, Result& result) {
  if (cluster_ == nullptr) {
    cluster_directory_ = absl::StrCat(options_.out, "/cluster-", count_);
    // Of a run that found something, or was cut off: its records are not this cluster's.
    fs::remove_all(cluster_directory_);
    cluster_ = std::make_unique<Cluster>(options_.programs, cluster_directory_);
    totals_ = {};
    on_cluster_ = 0;
  }
  if (!cluster_->started()) return;
  ++on_cluster_;
  const std::string run = absl::StrCat("i", options_.seed, "-", count_);
  Recorder recorder(directory + "/history.jsonl");
  Workload load(*cluster_, recorder, run,
                injection.every_call_succeeds ? kPolicyTimeout : kCallTimeout);
  result.rate = load.Warm(kRateMin);
  const int64_t failed_before = load.failed_calls();
  Scene scene{
      *cluster_,          recorder,       load, options_.programs, random_, options_.long_form,
      options_.can_mount, injection.kind, run,  directory,         ""};
  injection.inject(scene);
  load.WaitForAllPartitions("after the fault");
  cluster_->brokers().WaitUntilInSync();
  cluster_->WaitUntilAtRest();
  result.failed_calls = load.failed_calls() - failed_before;
  load.Stop();
  recorder.Close();
  result.counts = recorder.counts();
  result.note = scene.note;
  if (injection.every_call_succeeds) {
    EXPECT_EQ(result.failed_calls, 0) << absl::StrJoin(load.failures(), "\n");
  }
  totals_.orders += load.orders();
  totals_.units += load.order_units();
  CheckServices(*cluster_, totals_);
  CheckResources();
}

Runner::Result Runner::Try(const Injection& injection, const std::string& directory) {
  Result result;
  fs::create_directories(directory);
  ++count_;
  const absl::Time began = absl::Now();
  testing::TestPartResultArray failures;
  {
    // What fails in any thread is a violation of this injection, and is told as one.
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &failures);
    Suffer(injection, directory, result);
    if (result.counts.operations == 0) ADD_FAILURE() << "nothing was done";
    const Judgement judgement =
        JudgeHistory(options_.programs, cluster_->brokers().bootstrap(), directory);
    result.gap_ms = judgement.gap_ms;
    if (!judgement.right) result.violations.push_back(judgement.report);
  }
  for (int i = 0; i < failures.size(); ++i) {
    result.violations.push_back(failures.GetTestPartResult(i).message());
  }
  result.seconds = absl::ToDoubleSeconds(absl::Now() - began);
  return result;
}

bool Runner::Inject(const Injection& injection) {
  Result result;
  std::string directory;
  for (int i = 1;; ++i) {
    directory = absl::StrCat(options_.out, "/", count_ + 1, "-", injection.kind);
    result = Try(injection, directory);
    if (!result.violations.empty()) break;
    // Without load before it a fault proves nothing: once more.
    std::string why;
    if (result.rate < kRateMin) {
      why = absl::StrFormat("only %.0f operations a second before the fault", result.rate);
    } else if (absl::Milliseconds(result.gap_ms) > injection.gap_max) {
      why = absl::StrFormat("a write gap of %.0f ms", result.gap_ms);
    }
    if (injection.gap_max != absl::InfiniteDuration() && result.gap_ms == 0)
      why = "no write gap was measured";
    if (why.empty()) break;
    if (i >= (result.rate < kRateMin ? kTries : options_.gap_tries)) {
      result.violations.push_back(why);
      break;
    }
    std::cerr << injection.kind << ": " << why << ", again\n";
    fs::remove_all(directory);
  }
  Report(injection, result);
  const bool held = result.violations.empty();
  OfKind& kind = kinds_[injection.kind];
  kind.held += held ? 1 : 0;
  kind.gaps_ms.push_back(result.gap_ms);
  if (held && !options_.keep) fs::remove_all(directory);
  if (!held || on_cluster_ >= kInjectionsPerCluster) {
    cluster_.reset();
    if (held) fs::remove_all(cluster_directory_);
  }
  return held;
}

std::string Runner::Summary() const {
  std::string text;
  for (const auto& [name, kind] : kinds_) {
    std::vector<double> gaps = kind.gaps_ms;
    std::sort(gaps.begin(), gaps.end());
    const auto rank = [&](size_t percent) { return gaps[(gaps.size() * percent + 99) / 100 - 1]; };
    absl::StrAppend(
        &text, absl::StrFormat("%-26s %4d, held %4d, gap p50 %6.0f p99 %6.0f max %6.0f ms\n", name,
                               gaps.size(), kind.held, rank(50), rank(99), gaps.back()));
  }
  return text;
}

void Runner::Report(const Injection& injection, const Result& result) {
  const bool skipped = absl::StartsWith(result.note, "skipped");
  const char* verdict = !result.violations.empty() ? "VIOLATION" : skipped ? "skipped" : "held";
  std::cout
      << absl::StrFormat(
             "%3d %-26s %6d operations %6d acknowledged %4d unknown  gap %8.0f ms  %-9s %6.1f s  "
             "%s",
             count_, injection.kind, result.counts.operations, result.counts.acknowledged,
             result.counts.unknown, result.gap_ms, verdict, result.seconds, result.note)
      << std::endl;
  for (const std::string& violation : result.violations) std::cerr << violation << "\n";
  std::vector<std::string> violations;
  for (const std::string& violation : result.violations) violations.push_back(Quoted(violation));
  record_ << absl::StrFormat(
                 R"({"kind":"%s","seed":%d,"number":%d,"long":%s,"rate":%.0f,"operations":%d,)"
                 R"("acknowledged":%d,"refused":%d,"unknown":%d,"failed_calls":%d,"gap_ms":%.0f,)"
                 R"("verdict":"%s","seconds":%.1f,"note":%s,"replicas":%s,"violations":[%s]})",
                 injection.kind, options_.seed, count_, options_.long_form ? "true" : "false",
                 result.rate, result.counts.operations, result.counts.acknowledged,
                 result.counts.refused, result.counts.unknown, result.failed_calls, result.gap_ms,
                 verdict, result.seconds, Quoted(result.note), Json(resources_),
                 absl::StrJoin(violations, ","))
          << std::endl;
}

}  // namespace crm::fault
