// Reading a service's log from outside: whole partitions, by the acceptance rule.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/acceptance.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/event_log.h"

namespace crm::crmctl {

// Where the log is: exactly one of the two.
struct LogPlace {
  std::string kafka;     // "host:port,host:port"
  std::string data_dir;  // Of a suite that is stopped.
};

// kFailedPrecondition: the directory is held by a running process. kNotFound: no log there.
absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenLog(const LogPlace& place);

// The same of a stopped suite's log, which is not changed. kDataLoss: it is damaged.
absl::StatusOr<std::unique_ptr<eventlog::EmbeddedLog>> OpenForReading(const std::string& data_dir);

// Reads some partitions of a topic from their first record on, which is the only way to know the
// fence, and hands on each record with what the rule says of it.
class LogScan {
 public:
  struct Seen {
    const eventlog::Record& record;
    eventlog::Verdict verdict;
    int64_t fence;  // After it.
  };
  using OnRecord = std::function<absl::Status(const Seen&)>;

  // All partitions, or one. The log must outlive it. kInvalidArgument: no such partition.
  static absl::StatusOr<std::unique_ptr<LogScan>> Open(eventlog::EventLog& log,
                                                       const std::string& topic, int partition);
  static constexpr int kAllPartitions = -1;

  // Reads to the end that the log had when it was opened. kUnavailable when nothing came for so
  // long before that.
  absl::Status ReadToEnd(absl::Duration patience, const OnRecord& on_record);
  // Hands on what comes, until `on_record` fails, and gives back that error.
  absl::Status Follow(const OnRecord& on_record);
  // Reads on until the record at `offset` was seen, of a scan of one partition.
  absl::Status ReadThrough(eventlog::Offset offset, absl::Duration patience,
                           const OnRecord& on_record);

 private:
  struct Partition {
    eventlog::Acceptance acceptance;
    eventlog::Offset end = 0;
    eventlog::Offset next = 0;
  };
  absl::Status Poll(absl::Duration wait, const OnRecord& on_record);
  bool AtEnd() const;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;  // Guarded by mutex_.
  std::vector<Partition> partitions_;
  int only_ = kAllPartitions;
  std::unique_ptr<eventlog::Tail> tail_;  // Last: it may wake until it is gone.
};

}  // namespace crm::crmctl
