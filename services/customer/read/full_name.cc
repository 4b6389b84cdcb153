#include "services/customer/read/full_name.h"

#include "libs/text/fold.h"

namespace crm::customer {

std::string FullNameOf(const v1::ContactPersonal& personal) {
  const std::u32string family = text::Fold(personal.family_name());
  if (!family.empty() && text::IsIdeograph(family.front()))
    return personal.family_name() + personal.given_name();
  const bool both = !personal.given_name().empty() && !personal.family_name().empty();
  return personal.given_name() + (both ? " " : "") + personal.family_name();
}

}  // namespace crm::customer
