// Fields as people write and read them: on a command line, in a table, in a file.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace crm::files {

// Sets the field at `path` ("customer.display_name"; names with "-" for "_" are understood) from a
// text. An element is added to a repeated field. What a text may be:
//   text, numbers, true and false   as they are
//   an enum                         with or without its prefix, in any case: active
//   google.type.Date                1998-06-30
//   google.type.Money               12.50 USD
//   timestamp, duration, field mask as in JSON: 1998-06-30T12:00:00Z, 90s, a,b
//   any other message               JSON
// kInvalidArgument says what is wrong with path or text, without repeating the path.
absl::Status SetField(google::protobuf::Message& message, std::string_view path,
                      std::string_view text);

// The field that `path` leads to, through messages that are not repeated; nullptr: there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& message,
                                                   std::string_view path);

// Whether SetField takes the field from a text that is no JSON.
bool IsPlain(const google::protobuf::FieldDescriptor& field);

// Whether only the server sets it, and drops what a caller gives.
bool IsOutputOnly(const google::protobuf::FieldDescriptor& field);

// The field's value in one line, as SetField takes it; elements of a repeated field with ", "
// between. Empty when it is unset, zero or the first value of an enum.
std::string FieldText(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field);

// The same of each element of a repeated field.
std::vector<std::string> ElementTexts(const google::protobuf::Message& message,
                                      const google::protobuf::FieldDescriptor& field);

// kInvalidArgument when the text is no day ("1998-06-30") or no amount with its currency.
absl::Status ParseDate(std::string_view text, google::type::Date& date);
absl::Status ParseMoney(std::string_view text, google::type::Money& money);
// "12.50" of any currency, without separators; 9 digits after the point.
absl::Status ParseAmount(std::string_view text, google::type::Money& money);

std::string DateText(const google::type::Date& date);
// "1,234.50 USD": two decimals at least, with separators when asked for.
std::string MoneyText(const google::type::Money& money, bool separators = false);
// "1,234,567".
std::string WithSeparators(int64_t number);

// The message as JSON, fields with their proto names.
std::string JsonOf(const google::protobuf::Message& message, bool pretty);
absl::Status ParseJson(std::string_view json, google::protobuf::Message& message);
// A text as a JSON string, quotes included.
std::string JsonString(std::string_view text);

}  // namespace crm::files
