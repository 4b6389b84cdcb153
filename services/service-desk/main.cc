#include "services/service-desk/service.h"

int main(int argc, char** argv) {
  return crm::app::Run(argc, argv,
                       {{"servicedesk", crm::servicedesk::kPackage, crm::servicedesk::Describe}});
}
