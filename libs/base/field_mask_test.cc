#include "libs/base/field_mask.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "crm/common/v1/types.pb.h"

namespace crm::base {
namespace {

google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
  google::protobuf::FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

TEST(FieldMask, ReplacesWhatIsNamedAndOnlyThat) {
  common::v1::BatchResult from;
  from.set_name("new");
  from.mutable_status()->set_code(5);
  common::v1::BatchResult to;
  to.set_name("old");
  to.mutable_status()->set_code(3);
  to.mutable_status()->set_message("kept");
  ApplyMask(Mask({"status.code"}), from, to);
  EXPECT_EQ(to.name(), "old");
  EXPECT_EQ(to.status().code(), 5);
  EXPECT_EQ(to.status().message(), "kept");
  ApplyMask(Mask({"status"}), from, to);
  EXPECT_EQ(to.status().message(), "");
}

TEST(FieldMask, ClearsWhatIsUnset) {
  common::v1::BatchResult to;
  to.set_name("old");
  to.mutable_status()->set_code(3);
  ApplyMask(Mask({"name", "status"}), common::v1::BatchResult(), to);
  EXPECT_EQ(to.name(), "");
  EXPECT_FALSE(to.has_status());
}

TEST(FieldMask, RepeatedFieldsAreReplaced) {
  google::rpc::BadRequest from;
  from.add_field_violations()->set_field("new");
  google::rpc::BadRequest to;
  to.add_field_violations()->set_field("a");
  to.add_field_violations()->set_field("b");
  ApplyMask(Mask({"field_violations"}), from, to);
  ASSERT_EQ(to.field_violations_size(), 1);
  EXPECT_EQ(to.field_violations(0).field(), "new");
}

TEST(FieldMask, TouchesAlsoBelow) {
  EXPECT_TRUE(MaskTouches(Mask({"cost"}), "cost"));
  EXPECT_TRUE(MaskTouches(Mask({"a", "cost.units"}), "cost"));
  EXPECT_FALSE(MaskTouches(Mask({"cost_to_serve"}), "cost"));
  EXPECT_FALSE(MaskTouches(Mask({}), "cost"));
}

}  // namespace
}  // namespace crm::base
