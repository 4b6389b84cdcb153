#include "libs/base/field_limits.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "crm/common/v1/options.pb.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/utf8.h"

namespace crm::base {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct Plan;

// What to check in one field.
struct FieldPlan {
  const FieldDescriptor* field = nullptr;
  size_t bytes_max = 0;
  int items_max = 0;
  // What to check in the message that the field holds; null when it holds none.
  const Plan* message = nullptr;
};

struct Plan {
  std::vector<FieldPlan> fields;
};

// The plans found so far. They are derived from descriptors alone, so one cache for the process
// keeps no state that two users of it could disagree about.
class Plans {
 public:
  const Plan& Of(const Descriptor& type) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      const auto found = plans_.find(&type);
      if (found != plans_.end()) return *found->second;
    }
    absl::MutexLock lock(&mutex_);
    return Build(type);
  }

 private:
  const Plan& Build(const Descriptor& type) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto found = plans_.find(&type);
    if (found != plans_.end()) return *found->second;
    // Entered before it is complete, so that a type that holds itself ends here.
    Plan& plan = *plans_.emplace(&type, std::make_unique<Plan>()).first->second;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      const bool message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (!text && !message && !field.is_repeated()) continue;
      const uint32_t bytes = field.options().GetExtension(common::v1::max_bytes);
      const uint32_t items = field.options().GetExtension(common::v1::max_items);
      plan.fields.push_back({.field = &field,
                             .bytes_max = bytes == 0 ? kFieldBytesDefault : bytes,
                             .items_max = items == 0 ? kFieldItemsDefault : static_cast<int>(items),
                             .message = message ? &Build(*field.message_type()) : nullptr});
    }
    return plan;
  }

  absl::Mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<Plan>> plans_ ABSL_GUARDED_BY(mutex_);
};

struct Fault {
  std::string path;
  std::string what;
};

std::optional<Fault> Walk(const Message& message, const Plan& plan,
                          const FieldDescriptor* counted_only = nullptr);

std::optional<Fault> CheckText(const std::string& text, const FieldPlan& plan) {
  if (text.size() > plan.bytes_max) {
    return Fault{"", absl::StrCat("must have at most ", plan.bytes_max, " bytes")};
  }
  if (plan.field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(text)) {
    return Fault{"", "must be UTF-8"};
  }
  if (plan.field->type() == FieldDescriptor::TYPE_STRING && HasControls(text)) {
    return Fault{"", "must have no control characters but tab and line breaks"};
  }
  return std::nullopt;
}

// The value of the field, or its element `index` when it is repeated.
std::optional<Fault> CheckValue(const Message& message, const FieldPlan& plan, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = plan.field->is_repeated();
  if (plan.message != nullptr) {
    return Walk(repeated ? reflection.GetRepeatedMessage(message, plan.field, index)
                         : reflection.GetMessage(message, plan.field),
                *plan.message);
  }
  std::string scratch;
  return CheckText(repeated
                       ? reflection.GetRepeatedStringReference(message, plan.field, index, &scratch)
                       : reflection.GetStringReference(message, plan.field, &scratch),
                   plan);
}

Fault Within(std::string_view step, Fault fault) {
  const absl::string_view prefix(step.data(), step.size());
  fault.path = absl::StrCat(prefix, fault.path.empty() ? "" : ".", fault.path);
  return fault;
}

std::optional<Fault> CheckCount(const Message& message, const FieldPlan& plan) {
  if (message.GetReflection()->FieldSize(message, plan.field) <= plan.items_max)
    return std::nullopt;
  return Fault{plan.field->name(), absl::StrCat("must have at most ", plan.items_max, " elements")};
}

std::optional<Fault> CheckRepeated(const Message& message, const FieldPlan& plan) {
  if (std::optional<Fault> fault = CheckCount(message, plan); fault.has_value()) return fault;
  const int size = message.GetReflection()->FieldSize(message, plan.field);
  if (plan.message == nullptr && plan.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return std::nullopt;
  }
  for (int i = 0; i < size; ++i) {
    if (std::optional<Fault> fault = CheckValue(message, plan, i); fault.has_value()) {
      return Within(absl::StrCat(plan.field->name(), "[", i, "]"), *std::move(fault));
    }
  }
  return std::nullopt;
}

std::optional<Fault> Walk(const Message& message, const Plan& plan,
                          const FieldDescriptor* counted_only) {
  for (const FieldPlan& field : plan.fields) {
    if (field.field->is_repeated()) {
      std::optional<Fault> fault =
          field.field == counted_only ? CheckCount(message, field) : CheckRepeated(message, field);
      if (fault.has_value()) return fault;
      continue;
    }
    // A message that is not set holds nothing; the accessor would go down recursive types for ever.
    if (field.message != nullptr && !message.GetReflection()->HasField(message, field.field)) {
      continue;
    }
    if (std::optional<Fault> fault = CheckValue(message, field, 0); fault.has_value()) {
      return Within(field.field->name(), *std::move(fault));
    }
  }
  return std::nullopt;
}

absl::Status Validate(const Message& message, const FieldDescriptor* counted_only) {
  static Plans plans;
  const std::optional<Fault> fault =
      Walk(message, plans.Of(*message.GetDescriptor()), counted_only);
  return fault.has_value() ? Invalid(fault->path, fault->what) : absl::OkStatus();
}

}  // namespace

absl::Status ValidateLimits(const Message& message) { return Validate(message, nullptr); }

absl::Status ValidateLimits(const Message& message, const FieldDescriptor& elements) {
  return Validate(message, &elements);
}

}  // namespace crm::base
