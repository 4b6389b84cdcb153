// The tables of custom fields. Changing a line rebuilds them from the log.
#pragma once

#include "crm/customer/v1/custom_field.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::CustomField> kCustomFields{
    .name = "custom_fields",
    .key = {"name"},
    .indexes = {{.name = "by_target", .fields = {"target", "state", "required"}}}};

}  // namespace crm::customer
