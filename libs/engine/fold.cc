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

}  // namespace

void Fold(const AggregateDef& aggregate, const Message& event, const std::string& name,
          absl::Time time, Versioned& versioned) {
  Message& state = *versioned.state;
  const auto& reflection = *state.GetReflection();
  const bool first = versioned.revision == 0;
  google::protobuf::Timestamp created;
  if (!first) {
    created = static_cast<const google::protobuf::Timestamp&>(
        reflection.GetMessage(state, aggregate.shape.create_time));
  }
  aggregate.evolve(state, event);
  ++versioned.revision;
  reflection.SetString(&state, aggregate.shape.name, name);
  reflection.SetString(&state, aggregate.shape.etag, EtagOf(versioned.revision));
  SetTime(state, aggregate.shape.update_time, time);
  if (first) {
    SetTime(state, aggregate.shape.create_time, time);
  } else {
    reflection.MutableMessage(&state, aggregate.shape.create_time)->CopyFrom(created);
  }
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
