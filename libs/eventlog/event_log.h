// EventLog: the log of record, as the engine sees it. Three implementations (kafka/, embedded/,
// sim/) pass one conformance suite (conformance.h).
//
// A topic has a fixed number of partitions, keeps everything, and orders records within a
// partition. Everything is pulled: a poll never waits, so that one thread can serve log, timers and
// commands, and a simulation can step it. Whoever wants to sleep gives a Waker; it is called, from
// any thread, when a poll may have become worthwhile, and must return at once.
//
// Who may write is not decided here but by the log's own content: see acceptance.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/record.h"

namespace crm::eventlog {

using Waker = std::function<void()>;

struct PartitionInfo {
  Offset begin = 0;  // Oldest offset kept; 0 unless somebody cut the log, which is an error above.
  Offset end = 0;    // One past the newest.
};

struct TopicInfo {
  std::string cluster_id;  // Kafka's cluster id, or the random id an embedded or simulated log was
                           // born with.
  std::vector<PartitionInfo> partitions;
};

// Reads some partitions of a topic, in order, each from where it was told to. One thread at a time
// uses it.
class Tail {
 public:
  virtual ~Tail() = default;
  // Takes what is there, at most about `max` records, into `out` (cleared first). Never waits.
  // kOutOfRange: a position is past the end or before the begin of the log; kDataLoss: the log is
  // damaged (both final). kUnavailable: passing, poll again.
  virtual absl::Status Poll(size_t max, Records& out) = 0;
  // One past the newest record that the partition is known to hold, without asking anybody; -1: not
  // known. What was appended since may be missing.
  virtual Offset KnownEnd(int /*partition*/) const { return -1; }
};

// Appends to some partitions of a topic. Appends to one partition reach the log in the order of the
// calls, and a record whose fate was reported as unknown cannot land behind a later one of the same
// writer. One thread at a time uses it. Destroying it forgets the reports that were not polled;
// what was appended may land.
class Writer {
 public:
  virtual ~Writer() = default;
  // Takes a copy of the record. kResourceExhausted: the local queue is full, nothing was taken.
  // kInvalidArgument: larger than the log takes. kNotFound: the topic is gone. After any error
  // nothing was taken. `token` comes back in its Delivery.
  virtual absl::Status Append(const Record& record, uint64_t token) = 0;
  // Adds the reports that have come in. Every append that returned OK gets exactly one. Never
  // waits.
  virtual void Poll(std::vector<Delivery>& out) = 0;
  // Gives up what has not been sent yet; reported as kUnavailable (its fate counts as unknown).
  virtual void Purge() = 0;
  // True after an error that this writer cannot get over: a new one is needed.
  virtual bool Broken() const = 0;
};

struct OwnershipEvent {
  enum class Kind { kAssigned, kRevoked };
  Kind kind = Kind::kAssigned;
  int partition = 0;
};

// Membership in the group of replicas that share a topic's partitions: a hint about who should
// claim what. Safety never rests on it. One thread uses it, except LastHeartbeat and
// SessionTimeout.
class Ownership {
 public:
  virtual ~Ownership() = default;
  virtual void Poll(std::vector<OwnershipEvent>& out) = 0;
  // When the last heartbeat that was answered was sent, on Clock::SinceBoot's scale; the lease runs
  // from there. InfiniteDuration where no one else can take a partition. Any thread.
  virtual absl::Duration LastHeartbeat() const = 0;
  // How long the group waits for a heartbeat before it gives the partitions away. Any thread.
  virtual absl::Duration SessionTimeout() const = 0;
};

struct GroupAssignment {
  std::string topic;
  int partition = 0;
  bool assigned = true;  // false: taken away.
  Offset next = 0;       // First record it will give: as committed, else 0.
  std::string metadata;  // As committed with it; empty when nothing was.
};

struct GroupRecords {
  std::vector<GroupAssignment> assignments;  // Happened before any of the records.
  std::vector<std::string> topics;           // Topic of records.records[i].
  Records records;
};

// Reads topics as one of a group, each partition from the offset that the group committed: for
// reactions. At least once: what was not committed is read again. One thread uses it.
class GroupReader {
 public:
  virtual ~GroupReader() = default;
  // Never waits. kUnavailable: passing, poll again.
  virtual absl::Status Poll(size_t max, GroupRecords& out) = 0;
  // Everything before `next` is done. `metadata` (UTF-8, at most 1,000 bytes: commit.h) is given
  // back with the assignment.
  virtual absl::Status Commit(const std::string& topic, int partition, Offset next,
                              const std::string& metadata) = 0;
  // Stops and continues giving records of a partition, to bound what is in work.
  virtual void Pause(const std::string& topic, int partition) = 0;
  virtual void Resume(const std::string& topic, int partition) = 0;
};

// One process's connection to a log. Thread-safe. What it opened must be destroyed before it.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // Waits for the log, at most `timeout`. kUnavailable: not reached; kNotFound: no such topic.
  virtual absl::StatusOr<TopicInfo> Describe(const std::string& topic, absl::Duration timeout) = 0;

  // Makes the topic where it is missing. kAlreadyExists is not an error unless the partition count
  // differs (kFailedPrecondition).
  virtual absl::Status CreateTopic(const std::string& topic, int partitions,
                                   absl::Duration timeout) = 0;

  struct Start {
    int partition = 0;
    Offset next = 0;
  };
  virtual absl::StatusOr<std::unique_ptr<Tail>> OpenTail(const std::string& topic,
                                                         std::vector<Start> starts,
                                                         Waker waker) = 0;
  virtual absl::StatusOr<std::unique_ptr<Writer>> OpenWriter(const std::string& topic,
                                                             Waker waker) = 0;
  // A writer in the place of one that broke. Never waits; its first appends may be late for that.
  virtual absl::StatusOr<std::unique_ptr<Writer>> ReopenWriter(const std::string& topic,
                                                               Waker waker) {
    return OpenWriter(topic, std::move(waker));
  }
  // `instance` is this replica's name in the group.
  virtual absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const std::string& topic,
                                                                   const std::string& instance,
                                                                   Waker waker) = 0;
  virtual absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const std::string& group,
                                                                 std::vector<std::string> topics,
                                                                 Waker waker) = 0;
};

}  // namespace crm::eventlog
