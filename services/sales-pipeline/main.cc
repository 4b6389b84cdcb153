#include "services/sales-pipeline/service.h"

int main(int argc, char** argv) {
  return crm::app::Run(argc, argv, {{"sales", crm::sales::kPackage, crm::sales::Describe}});
}
