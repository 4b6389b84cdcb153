// How entries of the timeline are made: of an event of any service.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>

#include <string>
#include <string_view>

#include "crm/customer/v1/timeline.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// "customers/{customer}" of what hangs on a customer: of its orders, touchpoints, tickets.
std::string CustomerOf(std::string_view name);

// An entry of the event: about its aggregate, recorded and, unless said otherwise, happened when it
// was recorded.
v1::TimelineEntry EntryOf(const engine::EventMeta& meta, v1::TimelineKind kind,
                          v1::TimelineAction action);

// It happened on that day; on the day of the recording or one beside it: when it was recorded. No
// date: nothing is changed.
void SetDay(const google::type::Date& date, v1::TimelineEntry& entry);

// The beginning of the day in UTC.
google::protobuf::Timestamp StartOf(const google::type::Date& date);

// "IN_PROGRESS" of TICKET_STATE_IN_PROGRESS; a number that this program does not know, as a number.
std::string ShortName(const google::protobuf::EnumDescriptor& list, int value);
template <class Enum>
std::string ShortName(Enum value) {
  return ShortName(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

}  // namespace crm::customer
