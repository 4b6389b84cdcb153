// How the embedded log lies on the disk. Input: what is done, then keys and values.
#include <algorithm>
#include <string>

#include "libs/base/check.h"
#include "libs/eventlog/embedded/codec.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

bool SameContent(const eventlog::Record& a, const eventlog::Record& b) {
  return a.key == b.key && a.value == b.value &&
         std::equal(
             a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end(),
             [](const auto& x, const auto& y) { return x.key == y.key && x.value == y.value; });
}

void CheckRecord(std::string_view bytes) {
  eventlog::Record record;
  if (!eventlog::DecodeRecord(bytes, record)) return;
  const std::string encoded = eventlog::EncodeRecord(record);
  eventlog::Record again;
  base::Check(eventlog::DecodeRecord(encoded, again), "what was read can be written and read");
  base::Check(SameContent(record, again), "and is the same");
}

void CheckTopic(std::string_view key, std::string_view value) {
  const auto topic = eventlog::ParseTopic(key, value);
  if (!topic.has_value()) return;
  const auto again =
      eventlog::ParseTopic(eventlog::TopicKey(topic->name), eventlog::TopicValue(*topic));
  base::Check(again.has_value() && again->name == topic->name && again->id == topic->id &&
                  again->partitions == topic->partitions,
              "a topic's row is the same when written and read");
}

void CheckCommit(std::string_view key, std::string_view value) {
  const auto row = eventlog::ParseCommit(key, value);
  if (!row.has_value()) return;
  const auto again = eventlog::ParseCommit(eventlog::CommitKey(*row), eventlog::CommitValue(*row));
  base::Check(again.has_value() && again->group == row->group && again->topic_id == row->topic_id &&
                  again->partition == row->partition && again->next == row->next &&
                  again->metadata == row->metadata,
              "a commit is the same when written and read");
}

}  // namespace

void Target(std::string_view bytes) {
  Input input(bytes);
  const size_t what = input.Below(4);
  if (what == 0) return CheckRecord(input.Rest());
  if (what == 1) {
    const eventlog::Offset offset = eventlog::OffsetOf(input.Rest(), 1, 2);
    return base::Check(offset >= -1, "an offset, or none");
  }
  const std::string_view key = input.Text();
  const std::string_view value = input.Rest();
  what == 2 ? CheckTopic(key, value) : CheckCommit(key, value);
}

}  // namespace crm::fuzz
