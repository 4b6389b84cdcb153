// What every EventLog must do, as tests: each implementation's test file instantiates the suite
// with a factory of logs,
//
//   INSTANTIATE_TEST_SUITE_P(Embedded, EventLogConformance,
//   ::testing::Values(LogFactory(MakeLog)));
//
// and EventLogSharing likewise where several processes may have the log open at once (else
// GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST says that they may not),
// and links crm::eventlog_conformance directly (an object library, so that no test gets lost).
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"

namespace crm::eventlog {

// One log, fresh for each test, and what it can do.
struct LogUnderTest {
  // Opens the log, as a process would at its start. Called again after the earlier EventLog was
  // destroyed (the log must then be as it was), and while another is open where
  // `several_processes`.
  std::function<std::unique_ptr<EventLog>()> open;
  // True when several processes may have the log open at once and share a topic's partitions.
  bool several_processes = false;
  // Put before the names of topics and groups: on a shared broker, something new for each test.
  std::string prefix = "conformance.";
  // Records with a value of this many bytes are refused as too large.
  size_t too_large = 4 << 20;
  // How long to wait for something that must happen.
  absl::Duration patience = absl::Seconds(30);
  // Set by a simulation: called instead of waiting, lets the log take its next step.
  std::function<void()> step;
  // What LastHeartbeat is measured on; the machine's clock when not set.
  std::shared_ptr<const base::Clock> clock;
};
using LogFactory = std::function<LogUnderTest()>;

// Counts wakes, and waits for them. Thread-safe.
class WakeCounter {
 public:
  Waker waker() const;
  int count() const;
  // Waits until the count is above `seen` or `longest` is over.
  void WaitAbove(int seen, absl::Duration longest) const;

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;
  };
  // Shared with the wakers, which may be called until what holds them is gone.
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class EventLogConformance : public ::testing::TestWithParam<LogFactory> {
 protected:
  using Starts = std::vector<EventLog::Start>;
  // What a group reader gave so far.
  struct GroupLog {
    std::vector<GroupAssignment> assignments;
    std::vector<std::pair<std::string, OwnedRecord>> records;  // With their topics.
    std::vector<std::string> Values() const;
  };

  void SetUp() override;

  EventLog& log() { return *log_; }
  // Closes the log and opens it again, as a restart does. Everything opened from it must be gone.
  void Reopen();
  std::unique_ptr<EventLog> OpenAnother() { return under_.open(); }
  bool several_processes() const { return under_.several_processes; }
  const LogUnderTest& under() const { return under_; }
  std::string Name(const std::string& name) const { return under_.prefix + name; }
  // Makes a topic and waits until the log knows it; gives its full name.
  std::string MakeTopic(const std::string& name, int partitions);

  // Polls `done` until it is true, in between waiting for a wake (or a moment, in case a wake is
  // late); fails the test when it does not become true.
  bool Until(const char* what, const std::function<bool()>& done);
  // As Until, but does nothing without a wake: for testing the wakers themselves.
  bool UntilWoken(const char* what, const std::function<bool()>& done);

  std::unique_ptr<Tail> OpenTail(const std::string& topic, Starts starts, EventLog* log = nullptr);
  std::unique_ptr<Writer> OpenWriter(const std::string& topic, EventLog* log = nullptr);
  std::unique_ptr<Ownership> Join(const std::string& topic, const std::string& instance,
                                  EventLog* log = nullptr);
  std::unique_ptr<GroupReader> OpenGroup(const std::string& group, std::vector<std::string> topics,
                                         EventLog* log = nullptr);

  // Appends under tokens 0, 1, .. and waits for all the reports; gives them in the order of the
  // tokens.
  std::vector<Delivery> AppendAll(Writer& writer, const std::vector<OwnedRecord>& records);
  // Appends records with these values, all of which must get in.
  void Put(const std::string& topic, int partition, const std::vector<std::string>& values);
  // Reads until at least `count` records have come.
  std::vector<OwnedRecord> Read(Tail& tail, size_t count);
  // Values of the `count` records from `next` on.
  std::vector<std::string> Values(const std::string& topic, int partition, Offset next,
                                  size_t count);
  // Adds what one poll gives.
  void PollGroup(GroupReader& group, GroupLog& into);

 private:
  bool Wait(const char* what, const std::function<bool()>& done, absl::Duration longest);

  LogUnderTest under_;
  WakeCounter wakes_;
  std::unique_ptr<EventLog> log_;
};

// What more a log must do that several processes share.
class EventLogSharing : public EventLogConformance {};

}  // namespace crm::eventlog
