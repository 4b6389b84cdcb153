#include "libs/base/external_id.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/status.h"

namespace crm::base {
namespace {

std::string Fault(const std::string& system, const std::string& id) {
  common::v1::ExternalId external_id;
  external_id.set_system(system);
  external_id.set_id(id);
  return FieldOf(CheckExternalId("x", external_id));
}

TEST(ExternalId, HasASystemAndAnId) {
  EXPECT_EQ(Fault("erp-2", "4711/a"), "");
  EXPECT_EQ(Fault(std::string(30, 's'), std::string(100, '9')), "");
  for (const std::string& system : {std::string(), std::string("ERP"), std::string(31, 's')}) {
    EXPECT_EQ(Fault(system, "1"), "x.system") << system;
  }
  for (const std::string& id : {std::string(), std::string(" "), std::string(101, '9')}) {
    EXPECT_EQ(Fault("erp", id), "x.id") << id;
  }
}

}  // namespace
}  // namespace crm::base
