#include "libs/eventlog/sim/handles.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/eventlog/commit.h"
#include "libs/eventlog/sim/writer.h"

namespace crm::eventlog {
namespace {

// Adds what the reader can see of a partition, from `next` on.
void Take(SimBroker& broker, const SimReader& reader, const TopicPartition& where, size_t max,
          Offset& next, Records& out) {
  const SimPartition* partition = broker.Find(where);
  const auto visible = reader.visible.find(where);
  if (partition == nullptr || visible == reader.visible.end()) return;
  for (; next < visible->second && out.records.size() < max; ++next) {
    const std::shared_ptr<const OwnedRecord>& record =
        partition->records[static_cast<size_t>(next)];
    out.records.push_back(record->View());
    out.pins.push_back(record);
  }
}

bool PollFails(SimBroker& broker, const SimClient& client) {
  if (!broker.network().Chance(client.faults.unavailable_poll)) return false;
  broker.network().Fired("unavailable_poll");
  return true;
}

}  // namespace

absl::Status SimConnection::Reach(const std::string& topic) {
  if (!client_->Reachable()) return absl::UnavailableError("the log cannot be reached");
  if (broker_.topics().count(topic) != 0) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("no such topic: ", topic));
}

absl::StatusOr<TopicInfo> SimConnection::Describe(const std::string& topic,
                                                  absl::Duration /*timeout*/) {
  if (absl::Status s = Reach(topic); !s.ok()) return s;
  TopicInfo info;
  info.cluster_id = absl::StrCat("sim-", broker_.options().seed);
  for (const SimPartition& partition : broker_.topics()[topic]) {
    info.partitions.push_back({0, partition.end()});
  }
  return info;
}

absl::Status SimConnection::CreateTopic(const std::string& topic, int partitions,
                                        absl::Duration /*timeout*/) {
  const absl::Status reached = Reach(topic);
  if (absl::IsUnavailable(reached)) return reached;
  if (topic.empty() || partitions < 1) return absl::InvalidArgumentError("not a topic");
  if (reached.ok()) {
    if (broker_.topics()[topic].size() == static_cast<size_t>(partitions)) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", topic, " has other partitions, for life"));
  }
  broker_.topics()[topic].resize(static_cast<size_t>(partitions));
  broker_.TopicMade(topic);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Tail>> SimConnection::OpenTail(const std::string& topic,
                                                              std::vector<Start> starts,
                                                              Waker waker) {
  if (absl::Status s = Reach(topic); !s.ok()) return s;
  std::set<int> seen;
  for (const Start& start : starts) {
    if (broker_.Find({topic, start.partition}) == nullptr || !seen.insert(start.partition).second) {
      return absl::InvalidArgumentError("a start names no partition, or one twice");
    }
  }
  return std::make_unique<SimTail>(broker_, client_, topic, std::move(starts), std::move(waker));
}

absl::StatusOr<std::unique_ptr<Writer>> SimConnection::OpenWriter(const std::string& topic,
                                                                  Waker waker) {
  if (absl::Status s = Reach(topic); !s.ok()) return s;
  return std::make_unique<SimWriter>(broker_, client_, topic, std::move(waker));
}

absl::StatusOr<std::unique_ptr<Ownership>> SimConnection::JoinOwnership(
    const std::string& topic, const std::string& /*instance*/, Waker waker) {
  if (absl::Status s = Reach(topic); !s.ok()) return s;
  return std::make_unique<SimOwnership>(broker_, client_, topic, std::move(waker));
}

absl::StatusOr<std::unique_ptr<GroupReader>> SimConnection::OpenGroup(
    const std::string& group, std::vector<std::string> topics, Waker waker) {
  return std::make_unique<SimGroupReader>(broker_, client_, group, topics, std::move(waker));
}

SimTail::SimTail(SimBroker& broker, std::shared_ptr<SimClient> client, std::string topic,
                 std::vector<EventLog::Start> starts, Waker waker)
    : broker_(broker),
      topic_(std::move(topic)),
      positions_(std::move(starts)),
      reader_(broker.AddReader(std::move(client), std::move(waker))) {
  for (const EventLog::Start& start : positions_) {
    const Offset end = broker_.Find({topic_, start.partition})->end();
    if (start.next < 0 || start.next > end) {
      broken_ =
          absl::OutOfRangeError(absl::StrCat("topic ", topic_, ", partition ", start.partition,
                                             ", offset ", start.next, " is outside the log"));
      continue;
    }
    broker_.Watch(*reader_, {topic_, start.partition}, start.next);
  }
}

absl::Status SimTail::Poll(size_t max, Records& out) {
  out.Clear();
  if (!broken_.ok()) return broken_;
  if (PollFails(broker_, *reader_->client)) return absl::UnavailableError("for a moment");
  const size_t count = positions_.size();
  for (size_t i = 0; i < count; ++i) {
    EventLog::Start& position = positions_[(first_ + i) % count];
    Take(broker_, *reader_, {topic_, position.partition}, max, position.next, out);
  }
  first_ = count == 0 ? 0 : (first_ + 1) % count;
  return absl::OkStatus();
}

SimOwnership::SimOwnership(SimBroker& broker, std::shared_ptr<SimClient> client,
                           const std::string& topic, Waker waker)
    : broker_(broker), group_(GroupOf(topic)) {
  member_ =
      broker_.Join(group_, {topic}, std::move(client),
                   [this, waker = std::move(waker)](const TopicPartition& where, bool assigned) {
                     events_.push_back({assigned ? OwnershipEvent::Kind::kAssigned
                                                 : OwnershipEvent::Kind::kRevoked,
                                        where.second});
                     if (waker != nullptr) waker();
                   });
}

void SimOwnership::Poll(std::vector<OwnershipEvent>& out) {
  out.insert(out.end(), events_.begin(), events_.end());
  events_.clear();
}

SimGroupReader::SimGroupReader(SimBroker& broker, std::shared_ptr<SimClient> client,
                               std::string group, const std::vector<std::string>& topics,
                               Waker waker)
    : broker_(broker),
      client_(client),
      group_("readers of " + std::move(group)),
      waker_(waker),
      reader_(broker.AddReader(client, std::move(waker))) {
  member_ =
      broker_.Join(group_, std::set<std::string>(topics.begin(), topics.end()), std::move(client),
                   [this](const TopicPartition& where, bool assigned) { Told(where, assigned); });
}

SimGroupReader::~SimGroupReader() {
  broker_.Leave(group_, member_);
  broker_.RemoveReader(reader_);
}

void SimGroupReader::Told(const TopicPartition& where, bool assigned) {
  if (assigned) {
    const SimGroup::Committed& committed = broker_.Group(group_).commits[where];
    positions_[where] = {committed.next, false};
    assignments_.push_back({where.first, where.second, true, committed.next, committed.metadata});
    broker_.Watch(*reader_, where, committed.next);
  } else {
    positions_.erase(where);
    reader_->visible.erase(where);
    assignments_.push_back({where.first, where.second, false, 0, ""});
  }
  if (waker_ != nullptr) waker_();
}

absl::Status SimGroupReader::Poll(size_t max, GroupRecords& out) {
  out.assignments.clear();
  out.topics.clear();
  out.records.Clear();
  if (PollFails(broker_, *client_)) return absl::UnavailableError("for a moment");
  out.assignments.swap(assignments_);
  for (auto& [where, position] : positions_) {
    if (position.paused) continue;
    Take(broker_, *reader_, where, max, position.next, out.records);
    out.topics.resize(out.records.records.size(), where.first);
  }
  return absl::OkStatus();
}

absl::Status SimGroupReader::Commit(const std::string& topic, int partition, Offset next,
                                    const std::string& metadata) {
  const TopicPartition where{topic, partition};
  if (absl::Status s = CheckCommitMetadata(metadata); !s.ok()) return s;
  if (positions_.count(where) == 0)
    return absl::FailedPreconditionError("the partition is not assigned");
  if (!client_->Reachable()) return absl::UnavailableError("the log cannot be reached");
  SimGroup& group = broker_.Group(group_);
  if (group.places[where].owner != member_) {
    return absl::FailedPreconditionError("the partition is not assigned any more");
  }
  if (broker_.network().Chance(client_->faults.lose_commit)) {
    broker_.network().Fired("lost_commit");
    return absl::OkStatus();
  }
  group.commits[where] = {next, metadata};
  return absl::OkStatus();
}

void SimGroupReader::Pause(const std::string& topic, int partition) {
  const auto found = positions_.find({topic, partition});
  if (found != positions_.end()) found->second.paused = true;
}

void SimGroupReader::Resume(const std::string& topic, int partition) {
  const auto found = positions_.find({topic, partition});
  if (found != positions_.end()) found->second.paused = false;
}

}  // namespace crm::eventlog
