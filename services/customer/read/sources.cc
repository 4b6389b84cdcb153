#include "services/customer/read/sources.h"

#include <algorithm>

#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"

namespace crm::customer {
namespace {

v1::ReadingState StateOf(const engine::Reading& reading) {
  if (!reading.followed) return v1::READING_STATE_NOT_AVAILABLE;
  if (!reading.reachable) return v1::READING_STATE_UNREACHABLE;
  return reading.complete ? v1::READING_STATE_AVAILABLE : v1::READING_STATE_BEHIND;
}

engine::Reading Worse(const engine::Reading& a, const engine::Reading& b) {
  return {.followed = a.followed && b.followed,
          .complete = a.complete && b.complete,
          .reachable = a.reachable && b.reachable,
          .newest_event = std::max(a.newest_event, b.newest_event)};
}

}  // namespace

v1::SourceReading SourceOf(std::string_view service, const std::vector<std::string>& customers,
                           const engine::Context& context) {
  const std::string topic = "crm." + std::string(service) + ".log.v1";
  engine::Reading reading;
  if (context.readings != nullptr) {
    const std::string_view first = customers.empty() ? "" : base::KeyOf(customers.front());
    reading = context.readings->Of(topic, first);
    for (const std::string& customer : customers)
      reading = Worse(reading, context.readings->Of(topic, base::KeyOf(customer)));
  }
  v1::SourceReading source;
  source.set_service(std::string(service));
  source.set_state(StateOf(reading));
  if (reading.newest_event > absl::InfinitePast())
    *source.mutable_newest_event_time() = base::TimestampOf(reading.newest_event);
  return source;
}

google::protobuf::RepeatedPtrField<v1::SourceReading> SourcesOf(
    const std::vector<std::string>& customers, const engine::Context& context) {
  google::protobuf::RepeatedPtrField<v1::SourceReading> sources;
  *sources.Add() = SourceOf(kCustomerSource, customers, context);
  *sources.Add() = SourceOf(kSalesSource, customers, context);
  *sources.Add() = SourceOf(kMarketingSource, {}, context);
  *sources.Add() = SourceOf(kDeskSource, customers, context);
  return sources;
}

v1::SourceReading WorseOf(const v1::SourceReading& a, const v1::SourceReading& b) {
  // The list of states goes from the best to the worst.
  v1::SourceReading worse = a.state() < b.state() ? b : a;
  const v1::SourceReading& other = a.state() < b.state() ? a : b;
  if (base::TimeOf(worse.newest_event_time()) < base::TimeOf(other.newest_event_time()))
    *worse.mutable_newest_event_time() = other.newest_event_time();
  return worse;
}

bool CanBeTold(const v1::SourceReading& source) {
  return source.state() != v1::READING_STATE_NOT_AVAILABLE;
}

}  // namespace crm::customer
