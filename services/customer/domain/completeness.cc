#include "services/customer/domain/completeness.h"

#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/api/field_behavior.pb.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kWholeBps = 10'000;

// From the outermost field to the innermost; empty: there is no such path.
std::vector<const FieldDescriptor*> FieldsOf(std::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  const bool exists = google::protobuf::util::FieldMaskUtil::GetFieldDescriptors(
      v1::Customer::descriptor(), std::string(path), &fields);
  std::string written;  // It passes over empty steps.
  for (const FieldDescriptor* field : fields)
    absl::StrAppend(&written, written.empty() ? "" : ".", field->name());
  if (!exists || written != path) fields.clear();
  return fields;
}

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY)
      return true;
  }
  return false;
}

// Without presence of its own, a field at its default is not there.
bool IsThere(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

void AddFilled(const Message& message, const std::string& above, std::string& filled) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsOutputOnly(*field)) continue;
    const std::string path = absl::StrCat(above, field->number());
    absl::StrAppend(&filled, path, " ");
    if (!field->is_repeated() && field->message_type() != nullptr)
      AddFilled(message.GetReflection()->GetMessage(message, field), path + ".", filled);
  }
}

}  // namespace

std::string FilledFields(const v1::Customer& customer) {
  std::string filled = " ";
  AddFilled(customer, "", filled);
  return filled;
}

bool IsAmong(std::string_view filled, std::string_view path) {
  std::string numbers;
  for (const FieldDescriptor* field : FieldsOf(path))
    absl::StrAppend(&numbers, numbers.empty() ? " " : ".", field->number());
  return !numbers.empty() && filled.find(numbers + " ") != std::string_view::npos;
}

bool CountsFor(const v1::CompletenessWeight& weight, v1::CustomerKind kind) {
  const auto& kinds = weight.kinds();
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

int32_t CompleteBps(int64_t filled, int64_t all) {
  return all == 0 ? kWholeBps : static_cast<int32_t>(filled * kWholeBps / all);
}

bool CanBeFilledIn(std::string_view path) {
  const auto fields = FieldsOf(path);
  return !fields.empty() && std::none_of(fields.begin(), fields.end(),
                                         [](const auto* field) { return IsOutputOnly(*field); });
}

bool IsFilledIn(const v1::Customer& customer, std::string_view path) {
  const Message* message = &customer;
  for (const FieldDescriptor* field : FieldsOf(path)) {
    if (!IsThere(*message, *field)) return false;
    if (field->is_repeated() || field->message_type() == nullptr) return true;
    message = &message->GetReflection()->GetMessage(*message, field);
  }
  return true;
}

v1::GetCompletenessResponse CompletenessOf(const v1::Customer& customer,
                                           const v1::CustomerPolicy& policy) {
  v1::GetCompletenessResponse response;
  int64_t all = 0, filled = 0;
  for (const v1::CompletenessWeight& weight : policy.completeness_weights()) {
    if (!CountsFor(weight, customer.kind())) continue;
    v1::FieldCompleteness& field = *response.add_fields();
    field.set_field(weight.field());
    field.set_weight(weight.weight());
    field.set_filled(IsFilledIn(customer, weight.field()));
    all += weight.weight();
    if (field.filled()) filled += weight.weight();
  }
  response.set_complete_bps(CompleteBps(filled, all));
  response.set_customer_policy_etag(policy.etag());
  return response;
}

}  // namespace crm::customer
