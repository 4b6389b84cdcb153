#include "libs/eventlog/embedded/committer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/eventlog/embedded/limits.h"

namespace crm::eventlog {
namespace {

constexpr char kFailed[] = "the disk of the log has failed";

void AddReport(WriterState& writer, Delivery delivery) {
  const std::lock_guard lock(writer.mutex);
  writer.reports.push_back(std::move(delivery));
}

}  // namespace

Committer::Committer(Store& store, Wakers& wakers,
                     std::function<void(const absl::Status&)> on_failure)
    : store_(store),
      wakers_(wakers),
      on_failure_(std::move(on_failure)),
      thread_([this] { Run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_one();
  thread_.join();
}

absl::Status Committer::Append(Partition& partition, std::string bytes, uint64_t token,
                               const std::shared_ptr<WriterState>& writer) {
  return Enqueue({&partition, std::move(bytes), token, writer, {}});
}

absl::Status Committer::Commit(CommitRow row) {
  return Enqueue({nullptr, {}, 0, nullptr, std::move(row)});
}

absl::Status Committer::Enqueue(Item item) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return absl::UnavailableError(kFailed);
    if (queue_.size() >= kEmbeddedQueueRecordsMax ||
        queue_bytes_ + item.bytes.size() > kEmbeddedQueueBytesMax) {
      return absl::ResourceExhaustedError("the queue of the log is full");
    }
    queue_bytes_ += item.bytes.size();
    queue_.push_back(std::move(item));
  }
  wanted_.notify_one();
  return absl::OkStatus();
}

void Committer::Purge(const std::shared_ptr<WriterState>& writer) {
  std::vector<Item> purged;
  {
    const std::lock_guard lock(mutex_);
    const auto gone = std::stable_partition(
        queue_.begin(), queue_.end(), [&](const Item& item) { return item.writer != writer; });
    purged.assign(std::make_move_iterator(gone), std::make_move_iterator(queue_.end()));
    queue_.erase(gone, queue_.end());
    for (const Item& item : purged) queue_bytes_ -= item.bytes.size();
  }
  for (const Item& item : purged) {
    AddReport(*writer, {item.token, item.partition->number(), -1,
                        absl::UnavailableError("purged before it was sent")});
  }
  if (!purged.empty()) wakers_.Wake({}, {writer->subscription});
}

bool Committer::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void Committer::Run() {
  for (std::vector<Item> items = TakeBatch(); !items.empty(); items = TakeBatch()) {
    std::vector<Addition> additions;
    std::vector<Offset> offsets(items.size(), -1);
    const absl::Status written = Write(items, additions, offsets);
    if (!written.ok()) {
      Fail(written);
      Report(items, std::vector<Offset>(items.size(), -1), {}, absl::UnavailableError(kFailed));
      continue;
    }
    for (const Addition& addition : additions) addition.partition->Publish(addition.segment);
    Report(items, offsets, additions, absl::OkStatus());
  }
}

std::vector<Committer::Item> Committer::TakeBatch() {
  std::unique_lock lock(mutex_);
  wanted_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  std::vector<Item> items;
  items.reserve(queue_.size());
  size_t bytes = 0;
  while (!queue_.empty() && bytes < kEmbeddedBatchBytesMax) {
    bytes += queue_.front().bytes.size();
    items.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queue_bytes_ -= bytes;
  return items;
}

absl::Status Committer::Write(std::vector<Item>& items, std::vector<Addition>& additions,
                              std::vector<Offset>& offsets) {
  if (failed()) return absl::UnavailableError(kFailed);
  rocksdb::WriteBatch batch;
  for (size_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    if (item.partition == nullptr) {
      batch.Put(CommitKey(item.commit), CommitValue(item.commit));
      continue;
    }
    auto at = std::find_if(additions.begin(), additions.end(),
                           [&](const Addition& a) { return a.partition == item.partition; });
    if (at == additions.end()) {
      auto segment = std::make_shared<Segment>();
      segment->first = item.partition->end();
      at = additions.insert(at, {item.partition, std::move(segment)});
    }
    offsets[i] = at->segment->end();
    batch.Put(RecordKey(item.partition->topic_id(), static_cast<uint32_t>(item.partition->number()),
                        offsets[i]),
              item.bytes);
    at->segment->bytes += item.bytes.size();
    at->segment->records.push_back(std::move(item.bytes));
  }
  return store_.Write(batch);
}

void Committer::Report(std::vector<Item>& items, const std::vector<Offset>& offsets,
                       const std::vector<Addition>& additions, const absl::Status& status) {
  std::vector<Partition*> partitions;
  for (const Addition& addition : additions) partitions.push_back(addition.partition);
  std::vector<std::shared_ptr<Subscription>> writers;
  const WriterState* last = nullptr;  // Reports of one writer often follow each other.
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].partition == nullptr) continue;
    AddReport(*items[i].writer, {items[i].token, items[i].partition->number(), offsets[i], status});
    if (items[i].writer.get() != last) writers.push_back(items[i].writer->subscription);
    last = items[i].writer.get();
  }
  wakers_.Wake(partitions, writers);
}

void Committer::Fail(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    failed_ = true;
  }
  on_failure_(status);
}

}  // namespace crm::eventlog
