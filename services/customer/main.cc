#include "services/customer/service.h"

int main(int argc, char** argv) {
  return crm::app::Run(argc, argv,
                       {{"customer", crm::customer::kPackage, crm::customer::Describe}});
}
