// What must hold after every injection, by the log itself and by what the services show.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/fault/real/cluster.h"

namespace crm::fault {

// The orders that were acknowledged since the cluster was started.
struct Totals {
  int64_t orders = 0;
  int64_t units = 0;
};

// Waits until replicas and brokers are well and every replica shows exactly `totals`; then compares
// the tables of all. What is not so fails the test.
void CheckServices(Cluster& cluster, const Totals& totals);

struct Judgement {
  bool right = false;  // By verify, over the topics as they are now and this history.
  double gap_ms = 0;   // The longest write gap from a mark; 0: there is none.
  std::string report;  // All that verify said.
};

// Dumps both topics into `directory` and has them judged with the history.
Judgement JudgeHistory(const Programs& programs, const std::string& bootstrap,
                       const std::string& directory);

struct Resources {
  int fds = 0, threads = 0;
  int64_t rss_kib = 0;
};
Resources ResourcesOf(pid_t pid);

}  // namespace crm::fault
