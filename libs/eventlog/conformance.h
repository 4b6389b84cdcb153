// What every EventLog must do, as tests: each implementation's test file instantiates the suite
// with a factory of logs,
//
//   INSTANTIATE_TEST_SUITE_P(Embedded, EventLogConformance, testing::Values(LogFactory(MakeLog)));
//
// and links crm::eventlog_conformance directly (it is an object library, so that no test gets
// lost).
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
  size_t too_large = 32 << 20;
  // How long to wait for something that must happen.
  absl::Duration patience = absl::Seconds(30);
  // Set by a simulation: called instead of waiting, lets the log take its next step.
  std::function<void()> step;
};
using LogFactory = std::function<LogUnderTest()>;

// Counts wakes, and waits for them. Thread-safe.
class WakeCounter {
 public:
  Waker waker();
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

class EventLogConformance : public testing::TestWithParam<LogFactory> {
 protected:
  void SetUp() override;

  EventLog& log() { return *log_; }
  // Closes the log and opens it again, as a restart does. Handles must be gone.
  void Reopen();
  std::string Name(const std::string& name) const { return under_.prefix + name; }
  // Makes a topic of this test.
  std::string MakeTopic(const std::string& name, int partitions);

  // Polls `done` until it is true, waiting for the waker in between; fails the test after
  // `patience`.
  bool Until(const char* what, const std::function<bool()>& done);

  std::unique_ptr<Tail> TailFrom(EventLog& log, const std::string& topic,
                                 std::vector<EventLog::Start> starts);
  std::unique_ptr<Writer> WriterOn(EventLog& log, const std::string& topic);
  std::unique_ptr<GroupReader> GroupOn(EventLog& log, const std::string& group,
                                       std::vector<std::string> topics);

  // Appends, and waits for all the reports; gives them in the order they came in.
  std::vector<Delivery> AppendAll(Writer& writer, const std::vector<OwnedRecord>& records);
  // Reads until `count` records have come, and that no more than those come with the last poll.
  std::vector<OwnedRecord> ReadSome(Tail& tail, size_t count);
  // Polls the tail until it says something else than OK or kUnavailable.
  absl::Status PollUntilError(Tail& tail);
  // Polls the group until `done` says so of what came.
  struct GroupLog {
    std::vector<GroupAssignment> assignments;
    std::vector<std::pair<std::string, OwnedRecord>> records;  // With their topics.
  };
  void PollGroup(GroupReader& group, GroupLog& into);

  LogUnderTest under_;
  WakeCounter wakes_;
  std::unique_ptr<EventLog> log_;
};

}  // namespace crm::eventlog
