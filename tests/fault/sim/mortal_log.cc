#include "tests/fault/sim/mortal_log.h"

#include <string>
#include <utility>
#include <vector>

namespace crm::fault {
namespace {

using eventlog::Delivery, eventlog::EventLog, eventlog::GroupReader, eventlog::GroupRecords,
    eventlog::Offset, eventlog::Ownership, eventlog::Record, eventlog::Tail, eventlog::TopicInfo,
    eventlog::Waker, eventlog::Writer;

absl::Status Dead() { return absl::UnavailableError("the process is dead"); }

class MortalWriter : public Writer {
 public:
  MortalWriter(std::unique_ptr<Writer> writer, std::shared_ptr<Life> life)
      : writer_(std::move(writer)), life_(std::move(life)) {}
  absl::Status Append(const Record& record, uint64_t token) override {
    return life_->Deed() ? writer_->Append(record, token) : Dead();
  }
  void Poll(std::vector<Delivery>& out) override { writer_->Poll(out); }
  void Purge() override { writer_->Purge(); }
  bool Broken() const override { return writer_->Broken(); }

 private:
  std::unique_ptr<Writer> writer_;
  std::shared_ptr<Life> life_;
};

class MortalGroupReader : public GroupReader {
 public:
  MortalGroupReader(std::unique_ptr<GroupReader> reader, std::shared_ptr<Life> life)
      : reader_(std::move(reader)), life_(std::move(life)) {}
  absl::Status Poll(size_t max, GroupRecords& out) override { return reader_->Poll(max, out); }
  absl::Status Commit(const std::string& topic, int partition, Offset next,
                      const std::string& metadata) override {
    return life_->Deed() ? reader_->Commit(topic, partition, next, metadata) : Dead();
  }
  void Pause(const std::string& topic, int partition) override { reader_->Pause(topic, partition); }
  void Resume(const std::string& topic, int partition) override {
    reader_->Resume(topic, partition);
  }

 private:
  std::unique_ptr<GroupReader> reader_;
  std::shared_ptr<Life> life_;
};

class MortalEventLog : public EventLog {
 public:
  MortalEventLog(std::unique_ptr<EventLog> log, std::shared_ptr<Life> life)
      : log_(std::move(log)), life_(std::move(life)) {}

  absl::StatusOr<TopicInfo> Describe(const std::string& topic, absl::Duration timeout) override {
    return log_->Describe(topic, timeout);
  }
  absl::Status CreateTopic(const std::string& topic, int partitions,
                           absl::Duration timeout) override {
    return log_->CreateTopic(topic, partitions, timeout);
  }
  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(const std::string& topic,
                                                 std::vector<Start> starts, Waker waker) override {
    return log_->OpenTail(topic, std::move(starts), std::move(waker));
  }
  absl::StatusOr<std::unique_ptr<Writer>> OpenWriter(const std::string& topic,
                                                     Waker waker) override {
    auto writer = log_->OpenWriter(topic, std::move(waker));
    if (!writer.ok()) return writer.status();
    return std::make_unique<MortalWriter>(*std::move(writer), life_);
  }
  absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const std::string& topic,
                                                           const std::string& instance,
                                                           Waker waker) override {
    return log_->JoinOwnership(topic, instance, std::move(waker));
  }
  absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const std::string& group,
                                                         std::vector<std::string> topics,
                                                         Waker waker) override {
    auto reader = log_->OpenGroup(group, std::move(topics), std::move(waker));
    if (!reader.ok()) return reader.status();
    return std::make_unique<MortalGroupReader>(*std::move(reader), life_);
  }

 private:
  std::unique_ptr<EventLog> log_;
  std::shared_ptr<Life> life_;
};

}  // namespace

std::unique_ptr<EventLog> MortalLog(std::unique_ptr<EventLog> log, std::shared_ptr<Life> life) {
  return std::make_unique<MortalEventLog>(std::move(log), std::move(life));
}

}  // namespace crm::fault
