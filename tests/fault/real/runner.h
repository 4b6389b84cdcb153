// Runs injections one after the other on one cluster, judges each, and keeps the record.
#pragma once

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/fault/real/cluster.h"
#include "tests/fault/real/injections.h"
#include "tests/fault/real/judge.h"

namespace crm::fault {

struct RunOptions {
  std::string out;  // The record and, of what failed, everything.
  Programs programs;
  unsigned seed = 1;
  bool long_form = false;
  bool keep = false;       // Histories and dumps of what passed, too.
  bool can_mount = false;  // This process may mount a small disk.
  int gap_tries = 1;       // So often a write gap beyond the limit of its kind is measured again.
};

class Runner {
 public:
  explicit Runner(RunOptions options);

  // True: everything held. A line on stdout and one in record.jsonl.
  bool Inject(const Injection& injection);
  // A line for each kind: how many, how many held, and the write gaps.
  std::string Summary() const;

 private:
  struct Result {
    Recorder::Counts counts;
    double rate = 0;  // Operations a second before the fault.
    int64_t failed_calls = 0;
    double gap_ms = 0;
    double seconds = 0;
    std::string note;
    std::vector<std::string> violations;
  };
  Result Try(const Injection& injection, const std::string& directory);
  // The injection itself with its load, and all checks but that of the history.
  void Suffer(const Injection& injection, const std::string& directory, Result& result);
  void CheckResources();
  void Report(const Injection& injection, const Result& result);

  const RunOptions options_;
  std::mt19937 random_;
  std::ofstream record_;
  int count_ = 0;
  std::unique_ptr<Cluster> cluster_;
  std::string cluster_directory_;
  int on_cluster_ = 0;
  Totals totals_;
  std::vector<Resources> resources_;
  struct OfKind {
    int held = 0;
    std::vector<double> gaps_ms;
  };
  std::map<std::string, OfKind> kinds_;
};

}  // namespace crm::fault
