#include "libs/engine/fold.h"

#include <algorithm>

#include "libs/base/timestamp.h"
#include "libs/engine/log_reader.h"

namespace crm::engine {
namespace {

void SetTime(Message& state, const google::protobuf::FieldDescriptor* field, absl::Time time) {
  static_cast<google::protobuf::Timestamp&>(*state.GetReflection()->MutableMessage(&state, field)) =
      base::TimestampOf(time);
}

Loaded Evolved(const AggregateDef& aggregate, const Loaded& before, const std::string& name,
               absl::Time time, const Message& event) {
  MessagePtr state = NewOf(*before.state);
  // Not CopyFrom, which walks the target first to see whether it holds the source.
  state->MergeFrom(*before.state);
  aggregate.evolve(*state, event);
  const int64_t revision = before.revision + 1;
  const auto& reflection = *state->GetReflection();
  reflection.SetString(state.get(), aggregate.shape.name, name);
  reflection.SetString(state.get(), aggregate.shape.etag, EtagOf(revision));
  SetTime(*state, aggregate.shape.update_time, time);
  if (revision == 1) {
    SetTime(*state, aggregate.shape.create_time, time);
  } else {
    reflection.MutableMessage(state.get(), aggregate.shape.create_time)
        ->CopyFrom(reflection.GetMessage(*before.state, aggregate.shape.create_time));
  }
  return {std::move(state), revision};
}

}  // namespace

Folded FoldEvent(const AggregateDef& aggregate, Loaded before, const std::string& name,
                 absl::Time time, MessagePtr event, std::string value) {
  Loaded after = Evolved(aggregate, before, name, time, *event);
  return {std::move(before), name, time, std::move(value), std::move(event), std::move(after)};
}

bool SameFold(const Folded& folded, const Loaded& before, std::string_view name, absl::Time time,
              std::string_view value) {
  // A state is never changed, and lives as long as `folded`: the same address is the same state.
  const bool same_before =
      before.revision == 0 ? folded.before.revision == 0 : folded.before.state == before.state;
  return same_before && folded.name == name && folded.time == time && folded.value == value;
}

absl::StatusOr<EventRecord> ParseRecord(const eventlog::Record& record, const Message& prototype) {
  absl::StatusOr<eventlog::EventHeaders> headers = eventlog::ParseHeaders(record);
  if (!headers.ok()) return Poison(std::string(headers.status().message()));
  EventRecord parsed{*std::move(headers), NewOf(prototype)};
  if (!parsed.event->ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return Poison("the event cannot be parsed");
  }
  return parsed;
}

absl::StatusOr<MessagePtr> ParseEvent(const AggregateDef& aggregate, std::string_view bytes) {
  MessagePtr event = NewOf(*aggregate.event);
  if (!event->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the event cannot be parsed");
  }
  if (!event->GetReflection()->HasOneof(*event, aggregate.facts)) {
    return absl::DataLossError("the event holds a fact that this program does not know");
  }
  return event;
}

std::string FactType(const AggregateDef& aggregate, const Message& event) {
  const auto* fact = event.GetReflection()->GetOneofFieldDescriptor(event, aggregate.facts);
  return fact == nullptr || fact->message_type() == nullptr ? ""
                                                            : fact->message_type()->full_name();
}

absl::Time UpdateTime(const AggregateDef& aggregate, const Message& state) {
  if (!state.GetReflection()->HasField(state, aggregate.shape.update_time))
    return absl::InfinitePast();
  const auto& stamp = static_cast<const google::protobuf::Timestamp&>(
      state.GetReflection()->GetMessage(state, aggregate.shape.update_time));
  return base::TimeOf(stamp);
}

}  // namespace crm::engine
