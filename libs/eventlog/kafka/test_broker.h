// For tests: brokers of their own that can be frozen and killed.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/eventlog/kafka/kafka_log.h"
#include "libs/eventlog/kafka/test_wakes.h"

namespace crm::eventlog::kafka {

inline std::unique_ptr<KafkaLog> OpenLog(const std::string& bootstrap,
                                         const std::function<void(Options&)>& change = nullptr) {
  Options options;
  options.bootstrap_servers = bootstrap;
  options.replication_factor = 1;
  options.min_insync_replicas = 1;
  if (change != nullptr) change(options);
  auto log = KafkaLog::Open(options);
  EXPECT_TRUE(log.ok()) << log.status();
  return log.ok() ? *std::move(log) : nullptr;
}

// The broker that all tests share; empty, and a failure, where nobody said where it is.
inline std::string SharedBroker() {
  const char* address = std::getenv("CRM_KAFKA");
  if (address == nullptr) ADD_FAILURE() << "CRM_KAFKA must say where a broker is; see tools/kafka";
  return address == nullptr ? "" : address;
}

// A broker of this test only, gone with it.
class TestBroker {
 public:
  // `settings`: "a=b c=d", on top of what tools/kafka/broker sets.
  explicit TestBroker(const std::string& settings = "") : settings_(settings) {
    std::string pattern = ::testing::TempDir() + "/kafka.XXXXXX";
    directory_ = mkdtemp(pattern.data());
    Start();
  }
  ~TestBroker() {
    Signal(SIGKILL);
    EXPECT_EQ(std::system(absl::StrCat("rm -rf ", directory_).c_str()), 0);
  }
  // Also after a kill: same data, same port.
  void Start() {
    EXPECT_EQ(std::system(absl::StrCat("BROKER_SETTINGS='", settings_, "' ", CRM_BROKER_TOOL,
                                       " start ", directory_, " >/dev/null")
                              .c_str()),
              0);
    std::ifstream(directory_ + "/bootstrap") >> bootstrap_;
    std::ifstream(directory_ + "/pid") >> pid_;
  }
  // Returns when a stopped broker does nothing more: its threads stop one by one.
  void Signal(int signal) const {
    if (pid_ <= 0 || kill(pid_, signal) != 0 || signal != SIGSTOP) return;
    while (!Stopped()) std::this_thread::yield();
  }
  const std::string& bootstrap() const { return bootstrap_; }

 private:
  bool Stopped() const {
    const std::string tasks = absl::StrCat("/proc/", pid_, "/task");
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      std::ifstream file(task.path() / "stat");
      std::string stat;
      std::getline(file, stat);
      // "pid (name) state": the name may hold anything.
      const size_t name_end = stat.rfind(')');
      if (name_end == std::string::npos) return false;
      const std::string state = stat.substr(name_end + 2, 1);
      if (state != "T" && state != "Z") return false;
    }
    return true;
  }

  const std::string settings_;
  std::string directory_;
  std::string bootstrap_;
  pid_t pid_ = 0;
};

}  // namespace crm::eventlog::kafka
