#include "libs/base/external_id.h"

#include <string>

#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace crm::base {

absl::Status CheckExternalId(std::string_view field, const common::v1::ExternalId& external_id) {
  const std::string& system = external_id.system();
  if (system.size() > kExternalSystemBytesMax || !IsResourceId(system)) {
    return Invalid(std::string(field) + ".system", "must be 1 to 30 characters of a-z, 0-9 and -");
  }
  if (IsBlank(external_id.id()) || external_id.id().size() > kExternalIdBytesMax) {
    return Invalid(std::string(field) + ".id", "must be 1 to 100 bytes, not blank");
  }
  return absl::OkStatus();
}

bool SameExternalId(const common::v1::ExternalId& a, const common::v1::ExternalId& b) {
  return a.system() == b.system() && a.id() == b.id();
}

}  // namespace crm::base
