#include "libs/eventlog/commit.h"

#include "libs/base/status.h"
#include "libs/base/utf8.h"

namespace crm::eventlog {

absl::Status CheckCommitMetadata(std::string_view metadata) {
  if (metadata.size() > kCommitMetadataMax) return base::Invalid("metadata", "at most 1,000 bytes");
  if (!base::IsUtf8(metadata)) return base::Invalid("metadata", "must be UTF-8");
  return absl::OkStatus();
}

}  // namespace crm::eventlog
