#include "libs/table/codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/base/decimal.h"

namespace crm::table {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kRowMark = 0x01;
constexpr size_t kRowHeaderBytes = 9;
constexpr size_t kTimeBytes = 1 + kMomentBytes;
constexpr size_t kDateBytes = 7;

void AppendBigEndian(uint64_t value, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

uint32_t Flip(int32_t value) { return static_cast<uint32_t>(value) ^ 0x8000'0000u; }

void AppendMoment(int64_t seconds, int32_t nanos, std::string& out) {
  AppendInt(seconds, out);
  AppendBigEndian(Flip(nanos), 4, out);
}

// Reads a singular or, at `element`, repeated field alike.
struct Leaf {
  const Message& parent;
  const FieldDescriptor& field;
  int element;

  const Reflection& reflection() const { return *parent.GetReflection(); }

  int64_t Int() const {
    const Reflection& r = reflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return many ? r.GetRepeatedInt32(parent, &field, element) : r.GetInt32(parent, &field);
      case FieldDescriptor::CPPTYPE_INT64:
        return many ? r.GetRepeatedInt64(parent, &field, element) : r.GetInt64(parent, &field);
      case FieldDescriptor::CPPTYPE_ENUM:
        return many ? r.GetRepeatedEnumValue(parent, &field, element)
                    : r.GetEnumValue(parent, &field);
      default:
        base::Check(false, "a field of kind int is an integer or an enum");
        return 0;
    }
  }
  uint64_t Uint() const {
    const Reflection& r = reflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
      return field.is_repeated() ? r.GetRepeatedUInt32(parent, &field, element)
                                 : r.GetUInt32(parent, &field);
    }
    return field.is_repeated() ? r.GetRepeatedUInt64(parent, &field, element)
                               : r.GetUInt64(parent, &field);
  }
  bool Bool() const {
    return field.is_repeated() ? reflection().GetRepeatedBool(parent, &field, element)
                               : reflection().GetBool(parent, &field);
  }
  const std::string& String(std::string& scratch) const {
    return field.is_repeated()
               ? reflection().GetRepeatedStringReference(parent, &field, element, &scratch)
               : reflection().GetStringReference(parent, &field, &scratch);
  }
  // nullptr when not set.
  const Message* Submessage() const {
    if (field.is_repeated()) return &reflection().GetRepeatedMessage(parent, &field, element);
    return reflection().HasField(parent, &field) ? &reflection().GetMessage(parent, &field)
                                                 : nullptr;
  }
};

int32_t Int32Of(const Message& message, const char* field) {
  return message.GetReflection()->GetInt32(message,
                                           message.GetDescriptor()->FindFieldByName(field));
}

void AppendTimestampMessage(const Message* time, std::string& out) {
  if (time == nullptr) {
    out.push_back(kUnset);
    return;
  }
  const FieldDescriptor* seconds = time->GetDescriptor()->FindFieldByName("seconds");
  AppendTime(time->GetReflection()->GetInt64(*time, seconds), Int32Of(*time, "nanos"), out);
}

void AppendDecimalMessage(const Message* number, std::string& out) {
  if (number == nullptr) {
    out.push_back(kUnset);
    return;
  }
  const FieldDescriptor* units = number->GetDescriptor()->FindFieldByName("units");
  AppendDecimal(number->GetReflection()->GetInt64(*number, units), Int32Of(*number, "nanos"), out);
}

void AppendDateMessage(const Message* date, std::string& out) {
  if (date == nullptr) {
    out.push_back(kUnset);
    return;
  }
  AppendDate(Int32Of(*date, "year"), Int32Of(*date, "month"), Int32Of(*date, "day"), out);
}

bool AppendTimeText(const std::string& text, std::string& out) {
  if (text.empty()) {
    out.push_back(kUnset);
    return true;
  }
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return false;
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return false;
  const int64_t seconds = absl::ToUnixSeconds(time);
  AppendTime(seconds,
             static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))),
             out);
  return true;
}

bool AppendDecimalText(const std::string& text, std::string& out) {
  if (text.empty()) {
    out.push_back(kUnset);
    return true;
  }
  const auto number = base::ParseDecimal(text);
  if (number.has_value()) AppendDecimal(number->units(), number->nanos(), out);
  return number.has_value();
}

// Digits only; -1 otherwise.
int32_t Number(std::string_view digits) {
  int32_t value = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "YYYY-MM-DD". Month and day may be 00, as google.type.Date allows.
bool AppendDateText(const std::string& text, std::string& out) {
  if (text.empty()) {
    out.push_back(kUnset);
    return true;
  }
  const std::string_view view = text;
  if (view.size() != 10 || view[4] != '-' || view[7] != '-') return false;
  const int32_t year = Number(view.substr(0, 4)), month = Number(view.substr(5, 2)),
                day = Number(view.substr(8, 2));
  if (year < 0 || month < 0 || month > 12 || day < 0 || day > 31) return false;
  AppendDate(year, month, day, out);
  return true;
}

// Bytes of the string code at the front of `in`, or 0.
size_t StringCodeBytes(std::string_view in, char zero, char more) {
  for (size_t at = in.find(zero); at != std::string_view::npos && at + 1 < in.size();
       at = in.find(zero, at + 2)) {
    if (in[at + 1] == zero) return at + 2;
    if (in[at + 1] != more) return 0;
  }
  return 0;
}

constexpr ValueKind kVariantKinds[] = {ValueKind::kInt,  ValueKind::kUint,   ValueKind::kBool,
                                       ValueKind::kEnum, ValueKind::kString, ValueKind::kTimestamp,
                                       ValueKind::kDate, ValueKind::kDecimal};

// `flip`: what the bytes were complemented with.
size_t CodeBytes(ValueKind kind, char flip, std::string_view in) {
  if (in.empty()) return 0;
  switch (kind) {
    case ValueKind::kInt:
    case ValueKind::kEnum:
    case ValueKind::kUint:
      return 8;
    case ValueKind::kBool:
      return 1;
    case ValueKind::kString:
      return StringCodeBytes(in, flip, static_cast<char>(~flip));
    case ValueKind::kTimestamp:
    case ValueKind::kDecimal:
      return (in[0] ^ flip) == kUnset ? 1 : kTimeBytes;
    case ValueKind::kDate:
      return (in[0] ^ flip) == kUnset ? 1 : kDateBytes;
    case ValueKind::kVariant: {
      const char tag = static_cast<char>(in[0] ^ flip);
      if (tag == kUnset) return 1;
      for (const ValueKind held : kVariantKinds) {
        if (TagOf(held) != tag) continue;
        const size_t bytes = CodeBytes(held, flip, in.substr(1));
        return bytes == 0 ? 0 : 1 + bytes;
      }
      return 0;
    }
    case ValueKind::kMessage:
    case ValueKind::kOther:
      break;
  }
  return 0;
}

void AppendLeaf(const Leaf& leaf, const FieldPath& path, ValueKind kind, std::string& out) {
  std::string scratch;
  switch (kind) {
    case ValueKind::kInt:
    case ValueKind::kEnum:
      return AppendInt(leaf.Int(), out);
    case ValueKind::kUint:
      return AppendUint(leaf.Uint(), out);
    case ValueKind::kBool:
      return out.push_back(leaf.Bool() ? 1 : 0);
    case ValueKind::kString: {
      const std::string& text = leaf.String(scratch);
      return AppendString(path.variable_segment < 0 ? text : VariableOf(text, path), out);
    }
    case ValueKind::kTimestamp:
      return AppendTimestampMessage(leaf.Submessage(), out);
    case ValueKind::kDate:
      return AppendDateMessage(leaf.Submessage(), out);
    case ValueKind::kDecimal:
      return AppendDecimalMessage(leaf.Submessage(), out);
    case ValueKind::kVariant:
    case ValueKind::kMessage:
    case ValueKind::kOther:
      base::Check(false, "only fields with a key code are coded");
  }
}

}  // namespace

void AppendUint(uint64_t value, std::string& out) { AppendBigEndian(value, 8, out); }

void AppendInt(int64_t value, std::string& out) {
  AppendUint(static_cast<uint64_t>(value) ^ 0x8000'0000'0000'0000u, out);
}

void AppendStringPrefix(std::string_view prefix, std::string& out) {
  for (char c : prefix) {
    out.push_back(c);
    if (c == '\0') out.push_back('\xff');
  }
}

void AppendString(std::string_view value, std::string& out) {
  if (value.find('\0') == std::string_view::npos) {
    out.append(value);
  } else {
    AppendStringPrefix(value, out);
  }
  out.append(2, '\0');
}

void AppendTime(int64_t seconds, int32_t nanos, std::string& out) {
  out.push_back(kSet);
  AppendMoment(seconds, nanos, out);
}

void AppendDate(int32_t year, int32_t month, int32_t day, std::string& out) {
  out.push_back(kSet);
  AppendBigEndian(Flip(year), 4, out);
  out.push_back(static_cast<char>(month));
  out.push_back(static_cast<char>(day));
}

void Complement(size_t from, std::string& out) {
  for (size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

void AppendMomentNewestFirst(absl::Time time, std::string& out) {
  const size_t from = out.size();
  const int64_t seconds = absl::ToUnixSeconds(time);
  const bool finite = time != absl::InfiniteFuture() && time != absl::InfinitePast();
  const int64_t nanos =
      finite ? absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds)) : 0;
  AppendMoment(seconds, static_cast<int32_t>(nanos), out);
  Complement(from, out);
}

void AppendDecimal(int64_t units, int32_t nanos, std::string& out) {
  out.push_back(kSet);
  AppendMoment(units, nanos, out);
}

char TagOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kInt:
      return 1;
    case ValueKind::kUint:
      return 2;
    case ValueKind::kBool:
      return 3;
    case ValueKind::kEnum:
      return 4;
    case ValueKind::kString:
      return 5;
    case ValueKind::kTimestamp:
      return 6;
    case ValueKind::kDate:
      return 7;
    case ValueKind::kDecimal:
      return 8;
    case ValueKind::kVariant:
    case ValueKind::kMessage:
    case ValueKind::kOther:
      break;
  }
  return kUnset;
}

void AppendField(const Message& row, const FieldPath& path, int element, std::string& out) {
  const Message& parent = LeafParent(row, path, element);
  if (path.kind != ValueKind::kVariant)
    return AppendLeaf(Leaf{parent, path.leaf(), element}, path, path.kind, out);
  const FieldDescriptor* held = parent.GetReflection()->GetOneofFieldDescriptor(parent, path.oneof);
  out.push_back(held == nullptr ? kUnset : TagOf(KindOf(*held)));
  if (held != nullptr) AppendLeaf(Leaf{parent, *held, element}, path, KindOf(*held), out);
}

bool SameField(const Message& a, const Message& b, const FieldPath& path) {
  if (path.kind == ValueKind::kString && path.variable_segment < 0) {
    const Leaf of_a{LeafParent(a, path, 0), path.leaf(), 0};
    const Leaf of_b{LeafParent(b, path, 0), path.leaf(), 0};
    std::string scratch_a, scratch_b;
    return of_a.String(scratch_a) == of_b.String(scratch_b);
  }
  std::string code_a, code_b;
  AppendField(a, path, 0, code_a);
  AppendField(b, path, 0, code_b);
  return code_a == code_b;
}

bool AppendValue(ValueKind kind, const KeyValue& value, std::string& out) {
  const int64_t* number = std::get_if<int64_t>(&value);
  const std::string* text = std::get_if<std::string>(&value);
  switch (kind) {
    case ValueKind::kInt:
    case ValueKind::kEnum:
      if (number != nullptr) AppendInt(*number, out);
      return number != nullptr;
    case ValueKind::kUint:
      if (number != nullptr) AppendUint(static_cast<uint64_t>(*number), out);
      return number != nullptr;
    case ValueKind::kBool:
      if (number != nullptr) out.push_back(*number != 0 ? 1 : 0);
      return number != nullptr;
    case ValueKind::kString:
      if (text != nullptr) AppendString(*text, out);
      return text != nullptr;
    case ValueKind::kTimestamp:
      return text != nullptr && AppendTimeText(*text, out);
    case ValueKind::kDate:
      return text != nullptr && AppendDateText(*text, out);
    case ValueKind::kDecimal:
      return text != nullptr && AppendDecimalText(*text, out);
    case ValueKind::kVariant:
    case ValueKind::kMessage:
    case ValueKind::kOther:
      break;
  }
  return false;
}

bool SkipPart(const KeyPart& part, std::string_view& in) {
  const size_t bytes = CodeBytes(part.path.kind, part.descending ? '\xff' : '\0', in);
  if (bytes == 0 || bytes > in.size()) return false;
  in.remove_prefix(bytes);
  return true;
}

std::string AfterPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  base::Check(!prefix.empty(), "every key begins with a byte below 0xff");
  prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

void AppendRowValue(int64_t revision, const Message& row, std::string& out) {
  out.push_back(kRowMark);
  AppendBigEndian(static_cast<uint64_t>(revision), 8, out);
  // Equal rows are equal bytes on every replica: digests compare them.
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  const bool written = row.SerializeToCodedStream(&coded);
  base::Check(written, "a row without required fields can be written");
}

std::optional<RowValue> ParseRowValue(std::string_view value) {
  if (value.size() < kRowHeaderBytes || value[0] != kRowMark) return std::nullopt;
  uint64_t revision = 0;
  for (size_t i = 1; i < kRowHeaderBytes; ++i) {
    revision = revision << 8 | static_cast<unsigned char>(value[i]);
  }
  return RowValue{static_cast<int64_t>(revision), value.substr(kRowHeaderBytes)};
}

}  // namespace crm::table
