// What an EmbeddedLog gives out: tails, writers, ownership, group readers. Each is used by one
// thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/eventlog/embedded/committer.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/embedded/partition.h"
#include "libs/eventlog/event_log.h"

namespace crm::eventlog {

// Adds the records from `next` on, at most `max`, and moves `next` past them: from memory where
// they are new, else from the disk. kDataLoss: a record is missing or cannot be read.
absl::Status ReadFrom(const Store& store, const Partition& partition, size_t max, Offset& next,
                      Records& out);

class EmbeddedTail : public Tail {
 public:
  struct Position {
    Partition* partition = nullptr;
    Offset next = 0;
  };
  // A position outside its partition is told by Poll.
  EmbeddedTail(EmbeddedLog& log, std::vector<Position> positions, Waker waker);
  ~EmbeddedTail() override;
  absl::Status Poll(size_t max, Records& out) override;
  Offset KnownEnd(int partition) const override;

 private:
  EmbeddedLog& log_;
  std::vector<Position> positions_;
  std::shared_ptr<Subscription> subscription_;
  absl::Status broken_;
  size_t first_ =
      0;  // Who is asked first changes, so that a long partition does not starve the others.
};

class EmbeddedWriter : public Writer {
 public:
  EmbeddedWriter(EmbeddedLog& log, EmbeddedLog::Partitions partitions, Waker waker);
  ~EmbeddedWriter() override;
  absl::Status Append(const Record& record, uint64_t token) override;
  void Poll(std::vector<Delivery>& out) override;
  void Purge() override;
  bool Broken() const override;

 private:
  EmbeddedLog& log_;
  EmbeddedLog::Partitions partitions_;
  std::shared_ptr<WriterState> state_;  // Shared with what the committer still has of it.
};

class EmbeddedOwnership : public Ownership {
 public:
  EmbeddedOwnership(EmbeddedLog& log, std::string topic, int partitions, Waker waker);
  ~EmbeddedOwnership() override;
  void Poll(std::vector<OwnershipEvent>& out) override;
  absl::Duration LastHeartbeat() const override { return absl::InfiniteDuration(); }
  absl::Duration SessionTimeout() const override { return absl::InfiniteDuration(); }

 private:
  EmbeddedLog& log_;
  std::string topic_;
  int untold_;  // Partitions, until the first Poll.
};

class EmbeddedGroupReader : public GroupReader {
 public:
  EmbeddedGroupReader(EmbeddedLog& log, std::string group, std::vector<std::string> topics,
                      std::shared_ptr<Subscription> subscription);
  ~EmbeddedGroupReader() override;
  absl::Status Poll(size_t max, GroupRecords& out) override;
  absl::Status Commit(const std::string& topic, int partition, Offset next,
                      const std::string& metadata) override;
  void Pause(const std::string& topic, int partition) override;
  void Resume(const std::string& topic, int partition) override;

 private:
  struct Position {
    Partition* partition = nullptr;
    Offset next = 0;
    bool paused = false;
  };
  // Null: not assigned.
  Position* Find(const std::string& topic, int partition);
  void AssignNew(GroupRecords& out);

  EmbeddedLog& log_;
  std::string group_;
  std::vector<std::string> missing_;  // Topics that do not exist yet.
  std::vector<Position> positions_;
  std::shared_ptr<Subscription> subscription_;
  size_t first_ = 0;
};

}  // namespace crm::eventlog
