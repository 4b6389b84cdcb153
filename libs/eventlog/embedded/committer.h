// The one thread that writes: takes what was appended since the last sync, writes it as one batch,
// syncs once, and only then publishes and reports. While it syncs, the next batch gathers: so many
// in flight cost one sync.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "libs/eventlog/embedded/partition.h"
#include "libs/eventlog/embedded/store.h"

namespace crm::eventlog {

// What a writer and the committer share; lives until both are done with it.
struct WriterState {
  std::shared_ptr<Subscription> subscription;
  std::mutex mutex;
  std::vector<Delivery> reports;  // Guarded by mutex.
};

// Thread-safe.
class Committer {
 public:
  // `on_failure` is called once, on the committer's thread, when the disk failed: see
  // EmbeddedLog::Options.
  Committer(Store& store, Wakers& wakers, std::function<void(const absl::Status&)> on_failure);
  // Writes what is queued, then ends.
  ~Committer();

  // kResourceExhausted: the queue is full; kUnavailable: the disk has failed.
  absl::Status Append(Partition& partition, std::string bytes, uint64_t token,
                      const std::shared_ptr<WriterState>& writer);
  // Written with the next batch.
  absl::Status Commit(CommitRow row);
  // Takes back what this writer has queued and what is not being written; reports it as
  // kUnavailable.
  void Purge(const std::shared_ptr<WriterState>& writer);

  bool failed() const;

 private:
  struct Item {
    Partition* partition = nullptr;  // Null: a commit.
    std::string bytes;
    uint64_t token = 0;
    std::shared_ptr<WriterState> writer;
    CommitRow commit;
  };
  // What one batch adds to one partition.
  struct Addition {
    Partition* partition = nullptr;
    std::shared_ptr<Segment> segment;
  };

  absl::Status Enqueue(Item item);
  void Run();
  std::vector<Item> TakeBatch();  // Empty: time to end.
  absl::Status Write(std::vector<Item>& items, std::vector<Addition>& additions,
                     std::vector<Offset>& offsets);
  void Report(std::vector<Item>& items, const std::vector<Offset>& offsets,
              const std::vector<Addition>& additions, const absl::Status& status);
  void Fail(const absl::Status& status);

  Store& store_;
  Wakers& wakers_;
  std::function<void(const absl::Status&)> on_failure_;
  mutable std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<Item> queue_;  // Guarded by mutex_, as those below.
  size_t queue_bytes_ = 0;
  bool stopping_ = false;
  bool failed_ = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace crm::eventlog
