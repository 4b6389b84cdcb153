#include "libs/engine/token.h"

#include "absl/strings/escaping.h"
#include "libs/base/status.h"

namespace crm::engine {

std::string FormatToken(const v1::PositionToken& token) {
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

absl::StatusOr<v1::PositionToken> ParseToken(std::string_view text, std::string_view log_id,
                                             std::string_view topic, int partitions) {
  std::string bytes;
  v1::PositionToken token;
  if (!absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &bytes) ||
      !token.ParseFromString(bytes) || token.log_id().empty()) {
    return base::Invalid("crm-read-after", "is not a position token");
  }
  if (token.log_id() != log_id || token.topic() != topic) {
    return base::Invalid("crm-read-after", "is a position of another log");
  }
  for (const v1::PartitionPosition& position : token.positions()) {
    if (position.partition() < 0 || position.partition() >= partitions) {
      return base::Invalid("crm-read-after", "names a partition that the log does not have");
    }
    if (position.next_offset() < 0) {
      return base::Invalid("crm-read-after", "has an offset below zero");
    }
  }
  return token;
}

}  // namespace crm::engine
