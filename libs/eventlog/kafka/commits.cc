#include "libs/eventlog/kafka/commits.h"

#include <cstdlib>
#include <cstring>

#include "libs/base/check.h"
#include "libs/base/log.h"

namespace crm::eventlog::kafka {

void Commits::Set(const PartitionKey& key, Offset next, const std::string& metadata) {
  new_[key] = {next, metadata};
}

PartitionsPtr Commits::ToList(const Positions& positions) {
  PartitionsPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const auto& [key, position] : positions) {
    rd_kafka_topic_partition_t* entry =
        rd_kafka_topic_partition_list_add(list.get(), key.first.c_str(), key.second);
    entry->offset = position.next;
    if (position.metadata.empty()) continue;
    entry->metadata = std::malloc(position.metadata.size());  // The list frees it.
    base::Check(entry->metadata != nullptr, "out of memory");
    std::memcpy(entry->metadata, position.metadata.data(), position.metadata.size());
    entry->metadata_size = position.metadata.size();
  }
  return list;
}

void Commits::Send(rd_kafka_t* client, rd_kafka_queue_t* answers) {
  if (new_.empty() || !sent_.empty() || failed_) return;
  const PartitionsPtr list = ToList(new_);
  // rd_kafka_commit would answer to a callback only, never with an event (2.0.2).
  if (rd_kafka_commit_queue(client, list.get(), answers, nullptr, nullptr) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    failed_ = true;
    return;
  }
  sent_.swap(new_);
}

void Commits::OnAnswer(rd_kafka_event_t* event) {
  rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  const rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(event);
  for (int i = 0; list != nullptr && i < list->cnt && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    error = list->elems[i].err;
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    base::Log(base::Level::kInfo, "a commit failed and goes again",
              {{"kafka_error", rd_kafka_err2name(error)}});
    new_.merge(sent_);  // What is newer stays.
    failed_ = true;
  }
  sent_.clear();
}

void Commits::Flush(rd_kafka_t* client, const std::set<PartitionKey>& keys,
                    absl::Duration timeout) {
  Positions open;
  for (const Positions* from : {&new_, &sent_}) {  // The newer ones first: they win.
    for (const auto& entry : *from) {
      if (keys.count(entry.first) > 0) open.insert(entry);
    }
  }
  if (open.empty()) return;
  const QueuePtr answers(rd_kafka_queue_new(client));
  const auto error =
      rd_kafka_commit_queue(client, ToList(open).get(), answers.get(), nullptr, nullptr);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const EventPtr answer(
      rd_kafka_queue_poll(answers.get(), static_cast<int>(absl::ToInt64Milliseconds(timeout))));
  if (answer == nullptr || rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    base::Log(base::Level::kWarning, "positions were not committed; their records will come again");
  }
}

void Commits::Forget(const std::set<PartitionKey>& keys) {
  for (const PartitionKey& key : keys) {
    new_.erase(key);
    sent_.erase(key);
  }
}

}  // namespace crm::eventlog::kafka
