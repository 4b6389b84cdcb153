// Fields as people write them on crmctl's command line and in files. Input: which message, a line
// with the path, then the text.
#include "tools/crmctl/fields.h"

#include <google/protobuf/field_mask.pb.h>

#include <algorithm>
#include <array>
#include <memory>

#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/check.h"
#include "libs/base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tools/crmctl/text_table.h"

namespace crm::fuzz {
namespace {

using google::protobuf::Message;

// What is shown of a plain field can be typed in again.
void CheckShown(const Message& message, std::string_view path) {
  const auto* field = crmctl::FindField(*message.GetDescriptor(), path);
  if (field == nullptr || field->is_repeated() || !crmctl::IsPlain(*field)) return;
  if (field->containing_type() != message.GetDescriptor()) return;  // Shown from its own message.
  // The library writes paths that are none in a way it does not read back.
  if (field->message_type() == google::protobuf::FieldMask::descriptor()) return;
  const std::string text = crmctl::FieldText(message, *field);
  base::Check(base::IsUtf8(text), "what is shown is UTF-8");
  base::Check(base::IsUtf8(crmctl::Printable(text, 20)), "cut or not");
  const std::unique_ptr<Message> again(message.New());
  if (text.empty()) return;
  const absl::Status set = crmctl::SetField(*again, path, text);
  base::Check(set.ok(), text + ": " + set.ToString());
  base::Check(crmctl::FieldText(*again, *field) == text, text);
}

}  // namespace

void Target(std::string_view bytes) {
  static const std::array<const Message*, 4> types = {
      &customer::v1::Customer::default_instance(),
      &customer::v1::UpdateCustomerRequest::default_instance(),
      &sales::v1::Order::default_instance(), &sales::v1::RecordOrderRequest::default_instance()};
  Input input(bytes);
  const std::unique_ptr<Message> message(types.at(input.Below(types.size()))->New());
  const std::string_view path = input.Line();
  const std::string_view text = input.Rest();
  // The rest is shown as JSON escapes it.
  const bool shown_as_is = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '<' && c != '>';
  });
  const absl::Status set = crmctl::SetField(*message, path, text);
  if (!set.ok()) return base::Check(absl::IsInvalidArgument(set), set.ToString());
  const std::string json = crmctl::JsonOf(*message, /*pretty=*/false);
  const std::unique_ptr<Message> again(message->New());
  base::Check(crmctl::ParseJson(json, *again).ok(), json);
  if (shown_as_is) CheckShown(*message, path);
}

}  // namespace crm::fuzz
