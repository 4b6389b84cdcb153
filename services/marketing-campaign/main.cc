#include "services/marketing-campaign/service.h"

int main(int argc, char** argv) {
  return crm::app::Run(argc, argv,
                       {{"marketing", crm::marketing::kPackage, crm::marketing::Describe}});
}
