#include "tests/contract/samples.h"

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "tests/contract/protos.h"

namespace crm::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDepth = 6;

void Fill(Message& message, int variant, const Descriptor& masked, int depth);

// Types with a meaning of their own; false for others.
bool FillKnown(Message& message, int variant, const Descriptor& masked) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp") {
    static_cast<google::protobuf::Timestamp&>(message).set_seconds(1'700'000'000 + variant * 3600);
  } else if (type == "google.type.Date") {
    auto& date = static_cast<google::type::Date&>(message);
    date.set_year(2026);
    date.set_month(1 + variant % 12);
    date.set_day(1);
  } else if (type == "google.type.Money") {
    auto& money = static_cast<google::type::Money&>(message);
    money.set_currency_code("EUR");
    money.set_units(100 + variant);
  } else if (type == "google.protobuf.FieldMask") {
    auto& mask = static_cast<google::protobuf::FieldMask&>(message);
    for (int i = 0; i < masked.field_count(); ++i) {
      const FieldDescriptor& field = *masked.field(i);
      if (!HasBehavior(field, "OUTPUT_ONLY")) mask.add_paths(field.name());
    }
  } else {
    return false;
  }
  return true;
}

int EnumNumber(const FieldDescriptor& field, int variant) {
  const auto& list = *field.enum_type();
  return list.value(1 + variant % (list.value_count() - 1))->number();
}

void FillSingular(Message& message, const FieldDescriptor& field, int variant,
                  const Descriptor& masked, int depth) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, "sample-" + std::to_string(variant));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, EnumNumber(field, variant));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(*reflection.MutableMessage(&message, &field), variant, masked, depth - 1);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.SetDouble(&message, &field, 0.5);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return reflection.SetFloat(&message, &field, 0.5F);
  }
}

void FillRepeated(Message& message, const FieldDescriptor& field, int variant,
                  const Descriptor& masked, int depth) {
  const auto& reflection = *message.GetReflection();
  if (reflection.FieldSize(message, &field) > 0) return;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.AddString(&message, &field, "sample-" + std::to_string(variant));
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    reflection.AddEnumValue(&message, &field, EnumNumber(field, variant));
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Fill(*reflection.AddMessage(&message, &field), variant, masked, depth - 1);
  }
}

void Fill(Message& message, int variant, const Descriptor& masked, int depth) {
  if (FillKnown(message, variant, masked) || depth == 0) return;
  const Descriptor& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_repeated()) {
      FillRepeated(message, field, variant, masked, depth);
      continue;
    }
    const auto* oneof = field.real_containing_oneof();
    if (oneof != nullptr && reflection.HasOneof(message, oneof) &&
        !reflection.HasField(message, &field)) {
      continue;
    }
    FillSingular(message, field, variant, masked, depth);
  }
}

}  // namespace

void FillSample(Message& message, int variant, const Descriptor& masked) {
  Fill(message, variant, masked, kDepth);
}

}  // namespace crm::contract
