#include "libs/files/fields.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "google/api/field_behavior.pb.h"
#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/utf8.h"

namespace crm::files {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kNanoDigits = 9;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status Wrong(std::string_view text, std::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat("'", View(text), "' is not ", View(wanted)));
}

std::string NameIn(const Descriptor& message, std::string_view segment) {
  std::string name(segment);
  if (message.FindFieldByName(name) == nullptr) std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// "CUSTOMER_STATUS_" of CustomerStatus.
std::string PrefixOf(const EnumDescriptor& type) {
  const std::string& first = type.value(0)->name();
  const size_t end = first.rfind("UNSPECIFIED");
  return end == std::string::npos ? "" : first.substr(0, end);
}

const EnumValueDescriptor* FindValue(const EnumDescriptor& type, std::string_view text) {
  std::string name = absl::AsciiStrToUpper(View(text));
  std::replace(name.begin(), name.end(), '-', '_');
  const EnumValueDescriptor* value = type.FindValueByName(name);
  return value != nullptr ? value : type.FindValueByName(PrefixOf(type) + name);
}

std::string ShortName(const EnumValueDescriptor& value) {
  return std::string(absl::StripPrefix(value.name(), PrefixOf(*value.type())));
}

absl::Status WrongEnum(const EnumDescriptor& type, std::string_view text) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(ShortName(*type.value(i)));
  return absl::InvalidArgumentError(
      absl::StrCat("'", View(text), "' is none of ", absl::StrJoin(names, ", ")));
}

// Types whose JSON form is a string.
bool IsStringInJson(const Descriptor& type) {
  const std::string& name = type.full_name();
  return name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration" ||
         name == "google.protobuf.FieldMask";
}

absl::Status SetMessage(Message& message, std::string_view text) {
  if (message.GetDescriptor() == google::type::Date::descriptor()) {
    return ParseDate(text, static_cast<google::type::Date&>(message));
  }
  if (message.GetDescriptor() == google::type::Money::descriptor() &&
      !absl::StartsWith(View(text), "{")) {
    return ParseMoney(text, static_cast<google::type::Money&>(message));
  }
  if (!IsStringInJson(*message.GetDescriptor())) return ParseJson(text, message);
  if (ParseJson(JsonString(text), message).ok()) return absl::OkStatus();
  return Wrong(text, absl::StrCat("a ", message.GetDescriptor()->name()));
}

template <class T>
bool Parse(std::string_view text, T& value) {
  return absl::SimpleAtoi(View(text), &value);
}

// Sets or adds, whichever the field is.
absl::Status SetScalar(Message& m, const FieldDescriptor& field, std::string_view text) {
  const Reflection& r = *m.GetReflection();
  const FieldDescriptor* f = &field;
  const bool many = f->is_repeated();
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t v = 0;
      if (!Parse(text, v)) return Wrong(text, "a whole number of 32 bits");
      many ? r.AddInt32(&m, f, v) : r.SetInt32(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t v = 0;
      if (!Parse(text, v)) return Wrong(text, "a whole number of 64 bits");
      many ? r.AddInt64(&m, f, v) : r.SetInt64(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t v = 0;
      if (!Parse(text, v)) return Wrong(text, "a whole number of 32 bits from 0");
      many ? r.AddUInt32(&m, f, v) : r.SetUInt32(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t v = 0;
      if (!Parse(text, v)) return Wrong(text, "a whole number of 64 bits from 0");
      many ? r.AddUInt64(&m, f, v) : r.SetUInt64(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_FLOAT: {
      float v = 0;
      if (!absl::SimpleAtof(View(text), &v)) return Wrong(text, "a number");
      many ? r.AddFloat(&m, f, v) : r.SetFloat(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double v = 0;
      if (!absl::SimpleAtod(View(text), &v)) return Wrong(text, "a number");
      many ? r.AddDouble(&m, f, v) : r.SetDouble(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool v = false;
      if (!absl::SimpleAtob(View(text), &v)) return Wrong(text, "true or false");
      many ? r.AddBool(&m, f, v) : r.SetBool(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      if (f->type() == FieldDescriptor::TYPE_STRING && !base::IsUtf8(text)) {
        return absl::InvalidArgumentError("is not UTF-8");
      }
      many ? r.AddString(&m, f, std::string(text)) : r.SetString(&m, f, std::string(text));
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* v = FindValue(*f->enum_type(), text);
      if (v == nullptr) return WrongEnum(*f->enum_type(), text);
      many ? r.AddEnum(&m, f, v) : r.SetEnum(&m, f, v);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(many ? *r.AddMessage(&m, f) : *r.MutableMessage(&m, f), text);
  }
  return absl::InternalError("a field of an unknown type");
}

std::string MessageText(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (message.GetDescriptor() == google::type::Date::descriptor()) {
    return DateText(static_cast<const google::type::Date&>(message));
  }
  if (message.GetDescriptor() == google::type::Money::descriptor()) {
    return MoneyText(static_cast<const google::type::Money&>(message));
  }
  if (type == "crm.common.v1.ExternalId") {
    const auto& fields = *message.GetDescriptor();
    return absl::StrCat(FieldText(message, *fields.FindFieldByName("system")), ":",
                        FieldText(message, *fields.FindFieldByName("id")));
  }
  std::string json = JsonOf(message, /*pretty=*/false);
  if (!IsStringInJson(*message.GetDescriptor())) return json;
  return json.substr(1, json.size() - 2);
}

std::string ElementText(const Message& m, const FieldDescriptor& field, int i) {
  const Reflection& r = *m.GetReflection();
  const FieldDescriptor* f = &field;
  const bool many = f->is_repeated();
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? r.GetRepeatedInt32(m, f, i) : r.GetInt32(m, f));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? r.GetRepeatedInt64(m, f, i) : r.GetInt64(m, f));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(many ? r.GetRepeatedUInt32(m, f, i) : r.GetUInt32(m, f));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(many ? r.GetRepeatedUInt64(m, f, i) : r.GetUInt64(m, f));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(many ? r.GetRepeatedFloat(m, f, i) : r.GetFloat(m, f));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(many ? r.GetRepeatedDouble(m, f, i) : r.GetDouble(m, f));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? r.GetRepeatedBool(m, f, i) : r.GetBool(m, f)) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? r.GetRepeatedString(m, f, i) : r.GetString(m, f);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortName(many ? *r.GetRepeatedEnum(m, f, i) : *r.GetEnum(m, f));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(many ? r.GetRepeatedMessage(m, f, i) : r.GetMessage(m, f));
  }
  return "";
}

}  // namespace

const FieldDescriptor* FindField(const Descriptor& message, std::string_view path) {
  const Descriptor* type = &message;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view segment : absl::StrSplit(View(path), '.')) {
    if (type == nullptr || (field != nullptr && field->is_repeated())) return nullptr;
    field = type->FindFieldByName(NameIn(*type, std::string(segment)));
    if (field == nullptr) return nullptr;
    type = field->message_type();
  }
  return field;
}

bool IsPlain(const FieldDescriptor& field) {
  const Descriptor* type = field.message_type();
  return type == nullptr || type == google::type::Date::descriptor() ||
         type == google::type::Money::descriptor() || IsStringInJson(*type);
}

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& behaviors = field.options().GetRepeatedExtension(google::api::field_behavior);
  return std::find(behaviors.begin(), behaviors.end(), google::api::OUTPUT_ONLY) != behaviors.end();
}

absl::Status SetField(Message& message, std::string_view path, std::string_view text) {
  const FieldDescriptor* field = FindField(*message.GetDescriptor(), path);
  if (field == nullptr || field->is_map()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is not a field of ", message.GetDescriptor()->name()));
  }
  Message* owner = &message;
  std::vector<std::string> segments = absl::StrSplit(View(path), '.');
  segments.pop_back();
  for (const std::string& segment : segments) {
    const Descriptor& type = *owner->GetDescriptor();
    owner =
        owner->GetReflection()->MutableMessage(owner, type.FindFieldByName(NameIn(type, segment)));
  }
  return SetScalar(*owner, *field, text);
}

std::string FieldText(const Message& message, const FieldDescriptor& field) {
  if (field.is_repeated()) return absl::StrJoin(ElementTexts(message, field), ", ");
  return message.GetReflection()->HasField(message, &field) ? ElementText(message, field, 0) : "";
}

std::vector<std::string> ElementTexts(const Message& message, const FieldDescriptor& field) {
  std::vector<std::string> elements;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i)
    elements.push_back(ElementText(message, field, i));
  return elements;
}

absl::Status ParseDate(std::string_view text, google::type::Date& date) {
  absl::CivilDay day;
  // ParseCivilTime also takes blanks, single digits and years of five.
  if (!absl::ParseCivilTime(View(text), &day) || DateText(base::DateOf(day)) != text) {
    return Wrong(text, "a day like 1998-06-30");
  }
  date = base::DateOf(day);
  return absl::OkStatus();
}

absl::Status ParseAmount(std::string_view text, google::type::Money& money) {
  absl::string_view rest = View(text);
  const bool negative = absl::ConsumePrefix(&rest, "-");
  const std::vector<std::string> parts = absl::StrSplit(rest, '.');
  const auto digits = [](const std::string& part, size_t max) {
    return !part.empty() && part.size() <= max &&
           std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
  };
  constexpr size_t kUnitDigits = 16;
  if (parts.size() > 2 || !digits(parts[0], kUnitDigits) ||
      (parts.size() == 2 && !digits(parts[1], kNanoDigits))) {
    return Wrong(text, "an amount like 12.50");
  }
  int64_t units = std::strtoll(parts[0].c_str(), nullptr, 10);
  int32_t nanos = 0;
  if (parts.size() == 2) {
    std::string fraction = parts[1];
    fraction.resize(kNanoDigits, '0');
    nanos = static_cast<int32_t>(std::strtol(fraction.c_str(), nullptr, 10));
  }
  money.set_units(negative ? -units : units);
  money.set_nanos(negative ? -nanos : nanos);
  return absl::OkStatus();
}

absl::Status ParseMoney(std::string_view text, google::type::Money& money) {
  const std::vector<std::string> parts = absl::StrSplit(View(text), ' ', absl::SkipWhitespace());
  google::type::Money parsed;
  const std::string currency = parts.size() == 2 ? absl::AsciiStrToUpper(parts[1]) : "";
  if (!base::IsCurrencyCode(currency) || !ParseAmount(parts[0], parsed).ok()) {
    return Wrong(text, "an amount with its currency like 12.50 USD");
  }
  parsed.set_currency_code(currency);
  money = parsed;
  return absl::OkStatus();
}

std::string DateText(const google::type::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string WithSeparators(int64_t number) {
  std::string text = absl::StrCat(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t i = text.size(); i > first + 3;) {
    i -= 3;
    text.insert(i, ",");
  }
  return text;
}

std::string MoneyText(const google::type::Money& money, bool separators) {
  std::string nanos = absl::StrFormat("%09d", std::abs(money.nanos()));
  while (nanos.size() > 2 && nanos.back() == '0') nanos.pop_back();
  const bool below_zero = money.units() == 0 && money.nanos() < 0;
  std::string text = absl::StrCat(
      below_zero ? "-" : "",
      separators ? WithSeparators(money.units()) : absl::StrCat(money.units()), ".", nanos);
  if (!money.currency_code().empty()) absl::StrAppend(&text, " ", money.currency_code());
  return text;
}

std::string JsonOf(const Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only an Any of a type that is not linked has no JSON.
  if (!status.ok()) return JsonString(message.ShortDebugString());
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

absl::Status ParseJson(std::string_view json, Message& message) {
  const auto status =
      google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("not the JSON of ", message.GetDescriptor()->name(), ": ",
                   absl::string_view(status.message().data(), status.message().size())));
}

std::string JsonString(std::string_view text) {
  google::protobuf::StringValue value;
  value.set_value(base::ToUtf8(text, text.size() + 1));
  std::string json;
  // A text that is UTF-8 always has a JSON form.
  const auto status = google::protobuf::util::MessageToJsonString(value, &json);
  return status.ok() ? json : "\"\"";
}

}  // namespace crm::files
