// Exact numbers as people write them, and as crm.common.v1.Decimal holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "crm/common/v1/types.pb.h"

namespace crm::base {

inline constexpr int64_t kDecimalUnitsMax = 999'999'999'999'999;

// INVALID_ARGUMENT that names "<field>.units" or "<field>.nanos" unless the number is in its limits
// and both parts have one sign.
absl::Status CheckDecimal(std::string_view field, const common::v1::Decimal& number);

// "-12.50": an optional minus, 1 to 15 digits, and behind a point 1 to 9 more. nullopt for anything
// else.
std::optional<common::v1::Decimal> ParseDecimal(std::string_view text);

// As ParseDecimal takes it, without zeros at the end: "-12.5". Of a number that passed
// CheckDecimal.
std::string DecimalText(const common::v1::Decimal& number);

}  // namespace crm::base
