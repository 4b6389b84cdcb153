// The log in one process, on one disk: for the suite, for trying things out, for tests. It keeps
// what it has reported through the loss of the process and of power, not of the disk.
#pragma once

#include <rocksdb/env.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"

namespace crm::eventlog {

class Committer;
class Partition;
class Store;
class Wakers;
struct Subscription;

// Thread-safe. All topics, groups and their commits of one directory, which it locks while it
// lives. What is opened from it must be destroyed before it; its destructor writes what is still
// queued.
class EmbeddedLog : public EventLog {
 public:
  struct Options {
    std::string path;             // A directory; made where there is none.
    rocksdb::Env* env = nullptr;  // Not owned, outlives the log; null: the machine's.
    // Called once, from the committing thread, when a write or its sync failed. What the disk holds
    // is then unknown, and asking again would not tell: so by default the process ends (the log is
    // read anew at its next start). If it returns, every later append is kUnavailable and the
    // writers are broken.
    std::function<void(const absl::Status&)> on_failure;
    // Nothing of the log is changed, and there must be one: topics are not made, writers and
    // commits are kFailedPrecondition.
    bool read_only = false;
  };
  // kFailedPrecondition: the directory is in use; kDataLoss: it is damaged (names directory and
  // file, or topic, partition and offset), and was left as it is; kUnavailable: the disk did not
  // work.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(Options options);
  ~EmbeddedLog() override;

  absl::StatusOr<TopicInfo> Describe(const std::string& topic, absl::Duration timeout) override;
  absl::Status CreateTopic(const std::string& topic, int partitions,
                           absl::Duration timeout) override;
  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(const std::string& topic,
                                                 std::vector<Start> starts, Waker waker) override;
  absl::StatusOr<std::unique_ptr<Writer>> OpenWriter(const std::string& topic,
                                                     Waker waker) override;
  // All partitions at once, for as long as it lives. kFailedPrecondition: the topic has its owner.
  absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const std::string& topic,
                                                           const std::string& instance,
                                                           Waker waker) override;
  // A topic that does not exist yet is assigned once it does. kFailedPrecondition: the group is
  // open.
  absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const std::string& group,
                                                         std::vector<std::string> topics,
                                                         Waker waker) override;

  std::vector<std::string> Topics() const;
  // Where a record lay, when the log was opened, that was not written to its end: "000012.log: no
  // whole record at 22720"; empty: nowhere. It was not reported to anybody, unless it was the last
  // of all and was damaged later.
  std::string HalfWrittenEnd() const;

  // For the handles it gives out.
  struct Committed {
    Offset next = 0;
    std::string metadata;
  };
  using Partitions = std::vector<Partition*>;
  // Empty: no such topic.
  Partitions PartitionsOf(const std::string& topic) const;
  Committed CommittedOf(const std::string& group, const Partition& partition) const;
  absl::Status Commit(const std::string& group, const Partition& partition, Committed committed);
  void LeaveGroup(const std::string& group);
  void LeaveOwnership(const std::string& topic);
  const Store& store() const { return *store_; }
  Committer& committer() { return *committer_; }
  Wakers& wakers() { return *wakers_; }

 private:
  EmbeddedLog();
  absl::Status Load();

  struct Topic {
    uint32_t id = 0;
    std::vector<std::unique_ptr<Partition>> partitions;
  };

  bool read_only_ = false;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Wakers> wakers_;
  mutable std::mutex mutex_;
  std::map<std::string, Topic> topics_;  // Guarded by mutex_, as those below. Grows only.
  std::map<std::pair<std::string, const Partition*>, Committed> commits_;
  std::map<std::string, std::shared_ptr<Subscription>> open_groups_;
  std::set<std::string> owned_topics_;
  std::unique_ptr<Committer> committer_;  // Last: its thread uses the others.
};

}  // namespace crm::eventlog
