#include "libs/eventlog/embedded/handles.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/eventlog/commit.h"
#include "libs/eventlog/embedded/codec.h"
#include "libs/eventlog/embedded/damage.h"
#include "libs/eventlog/embedded/limits.h"
#include "libs/eventlog/embedded/store.h"

namespace crm::eventlog {
namespace {

std::string Where(const Partition& partition, Offset offset) {
  return absl::StrCat("topic ", partition.topic(), ", partition ", partition.number(), ", offset ",
                      offset);
}

// Adds one stored record as a view.
absl::Status AddView(const Store& store, const Partition& partition, const Segment& segment,
                     Offset offset, Records& out) {
  Record record;
  record.partition = partition.number();
  record.offset = offset;
  if (!DecodeRecord(segment.records[static_cast<size_t>(offset - segment.first)], record)) {
    return Damaged(store.path(), {.found = "the record cannot be read",
                                  .topic = partition.topic(),
                                  .partition = static_cast<uint32_t>(partition.number()),
                                  .offset = offset});
  }
  out.records.push_back(std::move(record));
  return absl::OkStatus();
}

template <class Position>
std::vector<Partition*> PartitionsOf(const std::vector<Position>& positions) {
  std::vector<Partition*> partitions;
  for (const Position& position : positions) partitions.push_back(position.partition);
  return partitions;
}

}  // namespace

absl::Status ReadFrom(const Store& store, const Partition& partition, size_t max, Offset& next,
                      Records& out) {
  const Offset end = partition.end();
  if (next >= end || max == 0) return absl::OkStatus();
  std::vector<std::shared_ptr<const Segment>> segments = partition.Recent(next, max);
  if (segments.empty()) {
    auto read = std::make_shared<Segment>();
    const absl::Status status = store.Read(
        {partition.topic(), partition.topic_id(), static_cast<uint32_t>(partition.number())}, next,
        end, max, *read);
    if (!status.ok()) return status;
    segments.push_back(std::move(read));
  }
  for (std::shared_ptr<const Segment>& segment : segments) {
    for (; next < segment->end() && max > 0; ++next, --max) {
      if (absl::Status s = AddView(store, partition, *segment, next, out); !s.ok()) return s;
    }
    out.pins.push_back(std::move(segment));
  }
  return absl::OkStatus();
}

EmbeddedTail::EmbeddedTail(EmbeddedLog& log, std::vector<Position> positions, Waker waker)
    : log_(log), positions_(std::move(positions)) {
  for (const Position& position : positions_) {
    if (position.next >= 0 && position.next <= position.partition->end()) continue;
    broken_ = absl::OutOfRangeError(absl::StrCat(Where(*position.partition, position.next),
                                                 " is outside the log, which ends at ",
                                                 position.partition->end()));
  }
  subscription_ = log_.wakers().Add(std::move(waker), PartitionsOf(positions_));
}

EmbeddedTail::~EmbeddedTail() { log_.wakers().Remove(subscription_, PartitionsOf(positions_)); }

absl::Status EmbeddedTail::Poll(size_t max, Records& out) {
  out.Clear();
  if (!broken_.ok()) return broken_;
  const size_t count = positions_.size();
  for (size_t i = 0; i < count && out.records.size() < max; ++i) {
    Position& position = positions_[(first_ + i) % count];
    broken_ =
        ReadFrom(log_.store(), *position.partition, max - out.records.size(), position.next, out);
    if (!broken_.ok()) {
      out.Clear();
      return broken_;
    }
  }
  first_ = count == 0 ? 0 : (first_ + 1) % count;
  return absl::OkStatus();
}

Offset EmbeddedTail::KnownEnd(int partition) const {
  for (const Position& position : positions_) {
    if (position.partition->number() == partition) return position.partition->end();
  }
  return -1;
}

EmbeddedWriter::EmbeddedWriter(EmbeddedLog& log, EmbeddedLog::Partitions partitions, Waker waker)
    : log_(log), partitions_(std::move(partitions)), state_(std::make_shared<WriterState>()) {
  state_->subscription = log_.wakers().Add(std::move(waker), {});
}

EmbeddedWriter::~EmbeddedWriter() { log_.wakers().Remove(state_->subscription, {}); }

absl::Status EmbeddedWriter::Append(const Record& record, uint64_t token) {
  if (record.partition < 0 || static_cast<size_t>(record.partition) >= partitions_.size()) {
    return absl::InvalidArgumentError("no such partition");
  }
  size_t size = record.key.size() + record.value.size();
  for (const Header& header : record.headers) size += header.key.size() + header.value.size();
  if (size > kEmbeddedRecordBytesMax) {
    return absl::InvalidArgumentError("the record is larger than the log takes");
  }
  return log_.committer().Append(*partitions_[record.partition], EncodeRecord(record), token,
                                 state_);
}

void EmbeddedWriter::Poll(std::vector<Delivery>& out) {
  std::vector<Delivery> reports;
  {
    const std::lock_guard lock(state_->mutex);
    reports.swap(state_->reports);
  }
  out.insert(out.end(), std::make_move_iterator(reports.begin()),
             std::make_move_iterator(reports.end()));
}

void EmbeddedWriter::Purge() { log_.committer().Purge(state_); }

bool EmbeddedWriter::Broken() const { return log_.committer().failed(); }

EmbeddedOwnership::EmbeddedOwnership(EmbeddedLog& log, std::string topic, int partitions,
                                     Waker waker)
    : log_(log), topic_(std::move(topic)), untold_(partitions) {
  if (waker != nullptr) waker();
}

EmbeddedOwnership::~EmbeddedOwnership() { log_.LeaveOwnership(topic_); }

void EmbeddedOwnership::Poll(std::vector<OwnershipEvent>& out) {
  for (int i = 0; i < untold_; ++i) out.push_back({OwnershipEvent::Kind::kAssigned, i});
  untold_ = 0;
}

EmbeddedGroupReader::EmbeddedGroupReader(EmbeddedLog& log, std::string group,
                                         std::vector<std::string> topics,
                                         std::shared_ptr<Subscription> subscription)
    : log_(log),
      group_(std::move(group)),
      missing_(std::move(topics)),
      subscription_(std::move(subscription)) {}

EmbeddedGroupReader::~EmbeddedGroupReader() {
  log_.wakers().Remove(subscription_, PartitionsOf(positions_));
  log_.LeaveGroup(group_);
}

void EmbeddedGroupReader::AssignNew(GroupRecords& out) {
  std::erase_if(missing_, [&](const std::string& topic) {
    const EmbeddedLog::Partitions partitions = log_.PartitionsOf(topic);
    for (Partition* partition : partitions) {
      // Before its end is first looked at, so that no arrival in between goes unannounced.
      log_.wakers().Extend(subscription_, *partition);
      EmbeddedLog::Committed committed = log_.CommittedOf(group_, *partition);
      positions_.push_back({partition, committed.next, false});
      out.assignments.push_back(
          {topic, partition->number(), true, committed.next, std::move(committed.metadata)});
    }
    return !partitions.empty();
  });
}

absl::Status EmbeddedGroupReader::Poll(size_t max, GroupRecords& out) {
  out.assignments.clear();
  out.topics.clear();
  out.records.Clear();
  AssignNew(out);
  const size_t count = positions_.size();
  for (size_t i = 0; i < count && out.topics.size() < max; ++i) {
    Position& position = positions_[(first_ + i) % count];
    if (position.paused) continue;
    const absl::Status read = ReadFrom(log_.store(), *position.partition, max - out.topics.size(),
                                       position.next, out.records);
    out.topics.resize(out.records.records.size(), position.partition->topic());
    if (!read.ok()) return read;
  }
  first_ = count == 0 ? 0 : (first_ + 1) % count;
  return absl::OkStatus();
}

EmbeddedGroupReader::Position* EmbeddedGroupReader::Find(const std::string& topic, int partition) {
  const auto found = std::find_if(positions_.begin(), positions_.end(), [&](const Position& p) {
    return p.partition->number() == partition && p.partition->topic() == topic;
  });
  return found == positions_.end() ? nullptr : &*found;
}

absl::Status EmbeddedGroupReader::Commit(const std::string& topic, int partition, Offset next,
                                         const std::string& metadata) {
  const Position* position = Find(topic, partition);
  if (position == nullptr) return absl::FailedPreconditionError("the partition is not assigned");
  if (absl::Status s = CheckCommitMetadata(metadata); !s.ok()) return s;
  if (next < 0 || next > position->partition->end()) {
    return absl::InvalidArgumentError("the commit is outside the log");
  }
  return log_.Commit(group_, *position->partition, {next, metadata});
}

void EmbeddedGroupReader::Pause(const std::string& topic, int partition) {
  if (Position* position = Find(topic, partition); position != nullptr) position->paused = true;
}

void EmbeddedGroupReader::Resume(const std::string& topic, int partition) {
  if (Position* position = Find(topic, partition); position != nullptr) position->paused = false;
}

}  // namespace crm::eventlog
