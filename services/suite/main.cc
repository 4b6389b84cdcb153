#include "services/customer/service.h"
#include "services/marketing-campaign/service.h"
#include "services/sales-pipeline/service.h"
#include "services/service-desk/service.h"

int main(int argc, char** argv) {
  return crm::app::Run(argc, argv,
                       {{"customer", crm::customer::kPackage, crm::customer::Describe},
                        {"marketing", crm::marketing::kPackage, crm::marketing::Describe},
                        {"sales", crm::sales::kPackage, crm::sales::Describe},
                        {"servicedesk", crm::servicedesk::kPackage, crm::servicedesk::Describe}});
}
