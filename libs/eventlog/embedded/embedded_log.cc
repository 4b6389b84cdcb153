#include "libs/eventlog/embedded/embedded_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/eventlog/embedded/committer.h"
#include "libs/eventlog/embedded/damage.h"
#include "libs/eventlog/embedded/handles.h"
#include "libs/eventlog/embedded/limits.h"
#include "libs/eventlog/embedded/partition.h"
#include "libs/eventlog/embedded/store.h"

namespace crm::eventlog {
namespace {

void EndProcess(const absl::Status& status) {
  base::Log(base::Level::kError, "a write of the log failed", {{"error", status.ToString()}});
  base::Check(false,
              "what the disk of the log holds is unknown; it is read anew at the next start");
}

// Names as Kafka takes them, so that a log can move there.
bool IsName(const std::string& name) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kEmbeddedNameBytesMax &&
         std::all_of(name.begin(), name.end(), legal);
}

absl::Status NoSuchTopic(const std::string& topic) {
  return absl::NotFoundError(absl::StrCat("no such topic: ", topic));
}

absl::Status ReadOnly() { return absl::FailedPreconditionError("the log is open for reading"); }

}  // namespace

EmbeddedLog::EmbeddedLog() = default;
EmbeddedLog::~EmbeddedLog() = default;

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(Options options) {
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(
      options.path, options.env, options.read_only ? Store::Mode::kRead : Store::Mode::kWrite);
  if (!store.ok()) return store.status();
  std::unique_ptr<EmbeddedLog> log(new EmbeddedLog());
  log->store_ = *std::move(store);
  log->read_only_ = options.read_only;
  if (absl::Status s = log->Load(); !s.ok()) return s;
  if (options.on_failure == nullptr) options.on_failure = EndProcess;
  log->wakers_ = std::make_unique<Wakers>();
  log->committer_ =
      std::make_unique<Committer>(*log->store_, *log->wakers_, std::move(options.on_failure));
  return log;
}

absl::Status EmbeddedLog::Load() {
  const absl::StatusOr<std::vector<TopicRow>> topics = store_->Topics();
  if (!topics.ok()) return topics.status();
  std::map<uint32_t, Topic*> by_id;
  for (const TopicRow& row : *topics) {
    Topic& topic = topics_[row.name];
    topic.id = row.id;
    for (uint32_t i = 0; i < row.partitions; ++i) {
      const absl::StatusOr<Offset> end = store_->End(row, i);
      if (!end.ok()) return end.status();
      topic.partitions.push_back(
          std::make_unique<Partition>(row.name, row.id, static_cast<int>(i), *end));
    }
    by_id[row.id] = &topic;
  }
  const absl::StatusOr<std::vector<CommitRow>> commits = store_->Commits();
  if (!commits.ok()) return commits.status();
  for (const CommitRow& row : *commits) {
    const auto topic = by_id.find(row.topic_id);
    if (topic == by_id.end() || row.partition >= topic->second->partitions.size()) {
      return Damaged(store_->path(), {.found = "a commit of a topic that is not there"});
    }
    const Partition* partition = topic->second->partitions[row.partition].get();
    commits_[{row.group, partition}] = {row.next, row.metadata};
  }
  return absl::OkStatus();
}

absl::StatusOr<TopicInfo> EmbeddedLog::Describe(const std::string& topic,
                                                absl::Duration /*timeout*/) {
  const Partitions partitions = PartitionsOf(topic);
  if (partitions.empty()) return NoSuchTopic(topic);
  TopicInfo info;
  info.cluster_id = store_->cluster_id();
  for (const Partition* partition : partitions) info.partitions.push_back({0, partition->end()});
  return info;
}

absl::Status EmbeddedLog::CreateTopic(const std::string& topic, int partitions,
                                      absl::Duration /*timeout*/) {
  if (!IsName(topic))
    return absl::InvalidArgumentError("not a topic name: [a-zA-Z0-9._-], at most 249");
  if (partitions < 1 || partitions > kEmbeddedPartitionsMax) {
    return absl::InvalidArgumentError("a topic has 1 to 1,000 partitions");
  }
  if (read_only_) return ReadOnly();
  std::vector<std::shared_ptr<Subscription>> groups;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = topics_.find(topic); found != topics_.end()) {
      if (found->second.partitions.size() == static_cast<size_t>(partitions))
        return absl::OkStatus();
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", topic, " has ", found->second.partitions.size(), " partitions, for life"));
    }
    TopicRow row{topic, 1, static_cast<uint32_t>(partitions)};
    for (const auto& [name, other] : topics_) row.id = std::max(row.id, other.id + 1);
    if (absl::Status s = store_->PutTopic(row); !s.ok()) return s;
    Topic& made = topics_[topic];
    made.id = row.id;
    for (int i = 0; i < partitions; ++i) {
      made.partitions.push_back(std::make_unique<Partition>(topic, row.id, i, 0));
    }
    for (const auto& [name, subscription] : open_groups_) groups.push_back(subscription);
  }
  wakers_->Wake({}, groups);  // One of them may have waited for it.
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Tail>> EmbeddedLog::OpenTail(const std::string& topic,
                                                            std::vector<Start> starts,
                                                            Waker waker) {
  const Partitions partitions = PartitionsOf(topic);
  if (partitions.empty()) return NoSuchTopic(topic);
  std::vector<EmbeddedTail::Position> positions;
  std::set<int> seen;
  for (const Start& start : starts) {
    const bool exists =
        start.partition >= 0 && static_cast<size_t>(start.partition) < partitions.size();
    if (!exists || !seen.insert(start.partition).second) {
      return absl::InvalidArgumentError("a start names no partition, or one twice");
    }
    positions.push_back({partitions[start.partition], start.next});
  }
  return std::make_unique<EmbeddedTail>(*this, std::move(positions), std::move(waker));
}

absl::StatusOr<std::unique_ptr<Writer>> EmbeddedLog::OpenWriter(const std::string& topic,
                                                                Waker waker) {
  if (read_only_) return ReadOnly();
  Partitions partitions = PartitionsOf(topic);
  if (partitions.empty()) return NoSuchTopic(topic);
  return std::make_unique<EmbeddedWriter>(*this, std::move(partitions), std::move(waker));
}

absl::StatusOr<std::unique_ptr<Ownership>> EmbeddedLog::JoinOwnership(
    const std::string& topic, const std::string& /*instance*/, Waker waker) {
  const Partitions partitions = PartitionsOf(topic);
  if (partitions.empty()) return NoSuchTopic(topic);
  {
    const std::lock_guard lock(mutex_);
    if (!owned_topics_.insert(topic).second) {
      return absl::FailedPreconditionError(absl::StrCat("topic ", topic, " has its owner"));
    }
  }
  return std::make_unique<EmbeddedOwnership>(*this, topic, static_cast<int>(partitions.size()),
                                             std::move(waker));
}

absl::StatusOr<std::unique_ptr<GroupReader>> EmbeddedLog::OpenGroup(const std::string& group,
                                                                    std::vector<std::string> topics,
                                                                    Waker waker) {
  if (!IsName(group))
    return absl::InvalidArgumentError("not a group name: [a-zA-Z0-9._-], at most 249");
  std::shared_ptr<Subscription> subscription = wakers_->Add(std::move(waker), {});
  {
    const std::lock_guard lock(mutex_);
    if (!open_groups_.emplace(group, subscription).second) {
      return absl::FailedPreconditionError(absl::StrCat("group ", group, " is open"));
    }
  }
  wakers_->Wake({}, {subscription});  // Its assignment is there.
  return std::make_unique<EmbeddedGroupReader>(*this, group, std::move(topics),
                                               std::move(subscription));
}

std::vector<std::string> EmbeddedLog::Topics() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, topic] : topics_) names.push_back(name);
  return names;
}

std::string EmbeddedLog::HalfWrittenEnd() const {
  const Damage& end = store_->half_written_end();
  return end.file.empty() ? "" : absl::StrCat(end.file, ": ", end.found);
}

EmbeddedLog::Partitions EmbeddedLog::PartitionsOf(const std::string& topic) const {
  const std::lock_guard lock(mutex_);
  Partitions partitions;
  if (const auto found = topics_.find(topic); found != topics_.end()) {
    for (const auto& partition : found->second.partitions) partitions.push_back(partition.get());
  }
  return partitions;
}

EmbeddedLog::Committed EmbeddedLog::CommittedOf(const std::string& group,
                                                const Partition& partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = commits_.find({group, &partition});
  return found == commits_.end() ? Committed{} : found->second;
}

absl::Status EmbeddedLog::Commit(const std::string& group, const Partition& partition,
                                 Committed committed) {
  if (read_only_) return ReadOnly();
  const std::lock_guard lock(mutex_);  // Also keeps the queue in the order of the map.
  const absl::Status queued =
      committer_->Commit({group, partition.topic_id(), static_cast<uint32_t>(partition.number()),
                          committed.next, committed.metadata});
  if (queued.ok()) commits_[{group, &partition}] = std::move(committed);
  return queued;
}

void EmbeddedLog::LeaveGroup(const std::string& group) {
  const std::lock_guard lock(mutex_);
  open_groups_.erase(group);
}

void EmbeddedLog::LeaveOwnership(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  owned_topics_.erase(topic);
}

}  // namespace crm::eventlog
