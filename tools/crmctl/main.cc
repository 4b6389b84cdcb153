#include <iostream>

#include "tools/crmctl/cli.h"

int main(int argc, char** argv) {
  return crm::crmctl::Run({argv + 1, argv + argc}, {std::cout, std::cerr});
}
