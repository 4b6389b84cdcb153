#include "tests/contract/services.h"

#include "libs/base/check.h"
#include "services/customer/service.h"
#include "services/marketing-campaign/service.h"
#include "services/sales-pipeline/service.h"
#include "services/service-desk/service.h"

namespace crm::contract {

std::vector<ContractService> Services() {
  return {
      {{"customer", customer::kPackage, customer::Describe}, "services/customer"},
      {{"marketing", marketing::kPackage, marketing::Describe}, "services/marketing-campaign"},
      {{"sales", sales::kPackage, sales::Describe}, "services/sales-pipeline"},
      {{"servicedesk", servicedesk::kPackage, servicedesk::Describe}, "services/service-desk"},
  };
}

engine::ServiceDef DefinitionOf(const ContractService& service) {
  app::Service described(service.entry.name, service.entry.package);
  service.entry.describe(described);
  base::Check(described.status().ok(), described.status().ToString());
  return described.Take();
}

std::string SourcePath(const std::string& path) { return std::string(CRM_SOURCE_DIR) + "/" + path; }

}  // namespace crm::contract
