#include "libs/engine/starts.h"

#include <condition_variable>
#include <mutex>
#include <set>

#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/log_reader.h"

namespace crm::engine {
namespace {

absl::Status OtherLog(std::string_view topic, int partition, absl::string_view why) {
  return base::Failed(
      absl::StatusCode::kFailedPrecondition, "OTHER_LOG",
      "the tables were made from another log than this one; rebuild them, or point to their log",
      {{"topic", topic},
       {"partition", std::to_string(partition)},
       {"why", std::string_view(why.data(), why.size())}});
}

// The claim_id of each partition's first record.
absl::StatusOr<std::map<int, std::string>> FirstClaims(eventlog::EventLog& log,
                                                       const std::string& topic,
                                                       std::set<int> partitions,
                                                       const base::Clock& clock,
                                                       const EngineOptions& options) {
  std::mutex mutex;
  std::condition_variable woken;
  std::vector<eventlog::EventLog::Start> from;
  for (const int partition : partitions) from.push_back({partition, 0});
  auto tail = log.OpenTail(topic, std::move(from), [&] { woken.notify_all(); });
  if (!tail.ok()) return tail.status();
  std::map<int, std::string> claims;
  eventlog::Records records;
  const absl::Duration deadline = clock.SinceBoot() + options.start_timeout;
  while (claims.size() < partitions.size()) {
    const absl::Status status = (*tail)->Poll(partitions.size(), records);
    if (!status.ok() && !absl::IsUnavailable(status)) return OfLog(status);
    for (const eventlog::Record& record : records.records) {
      eventlog::v1::LogEvent event;
      if (claims.count(record.partition) > 0) continue;
      if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
        event.Clear();
      claims[record.partition] = event.partition_claimed().claim_id();
    }
    if (clock.SinceBoot() > deadline)
      return absl::UnavailableError("the log's first records cannot be read now");
    if (!records.records.empty()) continue;
    if (options.idle) {
      options.idle(kStartPoll);
    } else {
      std::unique_lock lock(mutex);
      woken.wait_for(lock, absl::ToChronoMilliseconds(kStartPoll));
    }
  }
  return claims;
}

}  // namespace

absl::StatusOr<std::vector<PartitionStart>> FindStarts(eventlog::EventLog& log,
                                                       const table::Database& database,
                                                       const std::string& topic,
                                                       const base::Clock& clock,
                                                       const EngineOptions& options) {
  absl::StatusOr<eventlog::TopicInfo> info = log.Describe(topic, options.start_timeout);
  if (absl::IsNotFound(info.status()))
    return absl::UnavailableError("topic " + topic + " is not there yet");
  if (!info.ok()) return OfLog(info.status());
  std::vector<PartitionStart> starts;
  std::set<int> begun;
  for (int partition = 0; partition < static_cast<int>(info->partitions.size()); ++partition) {
    absl::StatusOr<std::optional<v1::StoredPosition>> stored =
        ReadPosition(database, topic, partition);
    if (!stored.ok()) return stored.status();
    const eventlog::PartitionInfo& there = info->partitions[partition];
    PartitionStart start{partition, stored->value_or(v1::StoredPosition()), there.end};
    if (start.position.cluster_id().empty()) start.position.set_cluster_id(info->cluster_id);
    if (start.position.cluster_id() != info->cluster_id)
      return OtherLog(topic, partition, "another cluster");
    if (start.position.next_offset() > there.end)
      return OtherLog(topic, partition, "the log is shorter");
    if (there.begin > 0) return OtherLog(topic, partition, "the log lacks its beginning");
    if (!start.position.first_claim_id().empty()) begun.insert(partition);
    starts.push_back(std::move(start));
  }
  absl::StatusOr<std::optional<v1::StoredPosition>> beyond =
      ReadPosition(database, topic, static_cast<int>(info->partitions.size()));
  if (!beyond.ok()) return beyond.status();
  if (beyond->has_value())
    return OtherLog(topic, static_cast<int>(starts.size()), "fewer partitions");
  if (begun.empty()) return starts;
  absl::StatusOr<std::map<int, std::string>> claims =
      FirstClaims(log, topic, begun, clock, options);
  if (!claims.ok()) return claims.status();
  for (const PartitionStart& start : starts) {
    const auto claim = claims->find(start.partition);
    if (claim != claims->end() && claim->second != start.position.first_claim_id()) {
      return OtherLog(topic, start.partition, "another first record");
    }
  }
  return starts;
}

}  // namespace crm::engine
