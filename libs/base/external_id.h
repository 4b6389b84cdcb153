// crm.common.v1.ExternalId: the name of a thing in somebody else's system.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "crm/common/v1/types.pb.h"

namespace crm::base {

inline constexpr size_t kExternalSystemBytesMax = 30;
inline constexpr size_t kExternalIdBytesMax = 100;

// INVALID_ARGUMENT that names "<field>.system" or "<field>.id" unless the system is 1 to 30 of
// [a-z0-9-] and the id is 1 to 100 bytes that are not blank.
absl::Status CheckExternalId(std::string_view field, const common::v1::ExternalId& external_id);

bool SameExternalId(const common::v1::ExternalId& a, const common::v1::ExternalId& b);

}  // namespace crm::base
