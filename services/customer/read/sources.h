// How far the logs were read that the answers of this service rest on.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <string_view>
#include <vector>

#include "crm/customer/v1/reading.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The services, as answers name them.
inline constexpr std::string_view kCustomerSource = "customer", kSalesSource = "sales",
                                  kMarketingSource = "marketing", kDeskSource = "servicedesk";

// Of the customers of these names; none: of the whole log. NOT_AVAILABLE: it is not read here.
v1::SourceReading SourceOf(std::string_view service, const std::vector<std::string>& customers,
                           const engine::Context& context);

// The four services. Marketing's campaigns belong to no customer: its whole log is meant.
google::protobuf::RepeatedPtrField<v1::SourceReading> SourcesOf(
    const std::vector<std::string>& customers, const engine::Context& context);

// The worse state of the two, for what rests on both, and the newer of their newest events.
v1::SourceReading WorseOf(const v1::SourceReading& a, const v1::SourceReading& b);

// Rows of it can be told, be they old.
bool CanBeTold(const v1::SourceReading& source);

}  // namespace crm::customer
