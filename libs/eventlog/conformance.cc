// The fixture of the conformance suite; the tests are in the files beside it.
#include "libs/eventlog/conformance.h"

#include <chrono>

#include "absl/time/clock.h"

namespace crm::eventlog {
namespace {

// A wake that comes late must not make a test slow; that wakes come at all has its own tests.
constexpr absl::Duration kTick = absl::Milliseconds(50);
// Bounds a simulation that does not get anywhere.
constexpr int kStepsMax = 200'000;

}  // namespace

Waker WakeCounter::waker() const {
  return [state = state_] {
    const std::lock_guard lock(state->mutex);
    ++state->count;
    state->changed.notify_all();
  };
}

int WakeCounter::count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->count;
}

void WakeCounter::WaitAbove(int seen, absl::Duration longest) const {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, absl::ToChronoMilliseconds(longest),
                           [&] { return state_->count > seen; });
}

std::vector<std::string> EventLogConformance::GroupLog::Values() const {
  std::vector<std::string> values;
  for (const auto& [topic, record] : records) values.push_back(record.value);
  return values;
}

void EventLogConformance::SetUp() {
  under_ = GetParam()();
  if (under_.clock == nullptr) under_.clock = std::make_shared<base::SystemClock>();
  log_ = under_.open();
  ASSERT_NE(log_, nullptr);
}

void EventLogConformance::Reopen() {
  log_.reset();
  log_ = under_.open();
  ASSERT_NE(log_, nullptr);
}

std::string EventLogConformance::MakeTopic(const std::string& name, int partitions) {
  const std::string topic = Name(name);
  const absl::Status made = log_->CreateTopic(topic, partitions, under_.patience);
  EXPECT_TRUE(made.ok()) << made;
  Until("the topic is there", [&] {
    const auto info = log_->Describe(topic, under_.patience);
    return info.ok() && info->partitions.size() == static_cast<size_t>(partitions);
  });
  return topic;
}

bool EventLogConformance::Wait(const char* what, const std::function<bool()>& done,
                               absl::Duration longest) {
  const absl::Time deadline = absl::Now() + under_.patience;
  for (int steps = 0; absl::Now() < deadline && steps < kStepsMax; ++steps) {
    const int seen = wakes_.count();
    if (done()) return true;
    if (under_.step != nullptr) {
      under_.step();
    } else {
      wakes_.WaitAbove(seen, longest);
    }
  }
  if (done()) return true;
  ADD_FAILURE() << "waited in vain: " << what;
  return false;
}

bool EventLogConformance::Until(const char* what, const std::function<bool()>& done) {
  return Wait(what, done, kTick);
}

bool EventLogConformance::UntilWoken(const char* what, const std::function<bool()>& done) {
  if (under_.step == nullptr) return Wait(what, done, under_.patience);
  // A simulation does not wait: what it did must have been announced.
  int seen = -1;
  return Wait(
      what,
      [&] {
        if (wakes_.count() == seen) return false;
        seen = wakes_.count();
        return done();
      },
      kTick);
}

std::unique_ptr<Tail> EventLogConformance::OpenTail(const std::string& topic, Starts starts,
                                                    EventLog* log) {
  auto tail = (log == nullptr ? *log_ : *log).OpenTail(topic, std::move(starts), wakes_.waker());
  EXPECT_TRUE(tail.ok()) << tail.status();
  return std::move(tail).value();
}

std::unique_ptr<Writer> EventLogConformance::OpenWriter(const std::string& topic, EventLog* log) {
  auto writer = (log == nullptr ? *log_ : *log).OpenWriter(topic, wakes_.waker());
  EXPECT_TRUE(writer.ok()) << writer.status();
  return std::move(writer).value();
}

std::unique_ptr<Ownership> EventLogConformance::Join(const std::string& topic,
                                                     const std::string& instance, EventLog* log) {
  auto member = (log == nullptr ? *log_ : *log).JoinOwnership(topic, instance, wakes_.waker());
  EXPECT_TRUE(member.ok()) << member.status();
  return std::move(member).value();
}

std::unique_ptr<GroupReader> EventLogConformance::OpenGroup(const std::string& group,
                                                            std::vector<std::string> topics,
                                                            EventLog* log) {
  auto reader =
      (log == nullptr ? *log_ : *log).OpenGroup(Name(group), std::move(topics), wakes_.waker());
  EXPECT_TRUE(reader.ok()) << reader.status();
  return std::move(reader).value();
}

std::vector<Delivery> EventLogConformance::AppendAll(Writer& writer,
                                                     const std::vector<OwnedRecord>& records) {
  std::vector<Delivery> came;
  for (size_t i = 0; i < records.size(); ++i) {
    Until("the writer takes it", [&] {
      const absl::Status taken = writer.Append(records[i].View(), i);
      if (absl::IsResourceExhausted(taken)) {
        writer.Poll(came);
        return false;
      }
      EXPECT_TRUE(taken.ok()) << taken;
      return true;
    });
  }
  Until("all appends are reported", [&] {
    writer.Poll(came);
    return came.size() >= records.size();
  });
  EXPECT_EQ(came.size(), records.size());
  std::vector<Delivery> by_token(records.size());
  for (Delivery& delivery : came) {
    if (delivery.token >= records.size() || by_token[delivery.token].offset != -1) {
      ADD_FAILURE() << "reported twice, or never appended: " << delivery.token;
      continue;
    }
    EXPECT_EQ(delivery.partition, records[delivery.token].partition);
    by_token[delivery.token] = std::move(delivery);
  }
  return by_token;
}

void EventLogConformance::Put(const std::string& topic, int partition,
                              const std::vector<std::string>& values) {
  const auto writer = OpenWriter(topic);
  std::vector<OwnedRecord> records;
  for (const std::string& value : values) records.push_back({partition, 0, "key", value, {}});
  for (const Delivery& delivery : AppendAll(*writer, records)) {
    EXPECT_TRUE(delivery.status.ok()) << delivery.status;
  }
}

std::vector<OwnedRecord> EventLogConformance::Read(Tail& tail, size_t count) {
  std::vector<OwnedRecord> read;
  Records batch;
  Until("the records come", [&] {
    const absl::Status status = tail.Poll(1000, batch);
    EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
    for (const Record& record : batch.records) read.push_back(OwnedRecord::From(record));
    return read.size() >= count;
  });
  return read;
}

std::vector<std::string> EventLogConformance::Values(const std::string& topic, int partition,
                                                     Offset next, size_t count) {
  const auto tail = OpenTail(topic, {{partition, next}});
  std::vector<std::string> values;
  for (const OwnedRecord& record : Read(*tail, count)) values.push_back(record.value);
  return values;
}

void EventLogConformance::PollGroup(GroupReader& group, GroupLog& into) {
  GroupRecords batch;
  const absl::Status status = group.Poll(100, batch);
  EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
  ASSERT_EQ(batch.topics.size(), batch.records.records.size());
  for (const GroupAssignment& assignment : batch.assignments)
    into.assignments.push_back(assignment);
  for (size_t i = 0; i < batch.topics.size(); ++i) {
    into.records.emplace_back(batch.topics[i], OwnedRecord::From(batch.records.records[i]));
  }
}

}  // namespace crm::eventlog
