#include "tests/fuzz/messages.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>

#include "libs/base/utf8.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace crm::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kTextMax = 300;

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  size_t Below(size_t n) { return random_() % n; }

  // Changes one field of the message or of one within it.
  void Mutate(Message& message) {
    const auto& type = *message.GetDescriptor();
    if (type.field_count() == 0) return;
    const FieldDescriptor& field = *type.field(static_cast<int>(Below(type.field_count())));
    if (field.is_repeated()) return MutateRepeated(message, field);
    const auto& reflection = *message.GetReflection();
    if (Below(8) == 0) return reflection.ClearField(&message, &field);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Mutate(*reflection.MutableMessage(&message, &field));
    }
    SetScalar(message, field);
  }

 private:
  void MutateRepeated(Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size > 0 && Below(4) == 0) return reflection.RemoveLast(&message, &field);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const bool add = size == 0 || Below(4) == 0;
      const int at = static_cast<int>(Below(std::max(size, 1)));
      Message* element = add ? reflection.AddMessage(&message, &field)
                             : reflection.MutableRepeatedMessage(&message, &field, at);
      if (add && size > 0) element->CopyFrom(reflection.GetRepeatedMessage(message, &field, at));
      return Mutate(*element);
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      return reflection.AddString(&message, &field, Text(""));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.AddEnumValue(&message, &field, static_cast<int>(Below(8)));
    }
  }

  void SetScalar(Message& m, const FieldDescriptor& field) {
    const auto& r = *m.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return r.SetInt32(&m, &field, static_cast<int32_t>(Number(r.GetInt32(m, &field))));
      case FieldDescriptor::CPPTYPE_INT64:
        return r.SetInt64(&m, &field, Number(r.GetInt64(m, &field)));
      case FieldDescriptor::CPPTYPE_UINT32:
        return r.SetUInt32(&m, &field, static_cast<uint32_t>(Number(r.GetUInt32(m, &field))));
      case FieldDescriptor::CPPTYPE_UINT64:
        return r.SetUInt64(&m, &field, static_cast<uint64_t>(Number(1)));
      case FieldDescriptor::CPPTYPE_BOOL:
        return r.SetBool(&m, &field, !r.GetBool(m, &field));
      case FieldDescriptor::CPPTYPE_ENUM:
        return r.SetEnumValue(&m, &field, static_cast<int>(Below(10)));
      case FieldDescriptor::CPPTYPE_STRING:
        return r.SetString(&m, &field, Text(r.GetString(m, &field)));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return r.SetDouble(&m, &field, static_cast<double>(Number(1)) / 3);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return r.SetFloat(&m, &field, static_cast<float>(Number(1)) / 3);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return;
    }
  }

  int64_t Number(int64_t old) {
    static constexpr std::array<int64_t, 12> kEnds = {0,
                                                      -1,
                                                      12,
                                                      31,
                                                      100,
                                                      2026,
                                                      999'999'999,
                                                      1'000'000'000'000,
                                                      1'000'000'000'000'000,
                                                      std::numeric_limits<int32_t>::max(),
                                                      std::numeric_limits<int64_t>::max(),
                                                      std::numeric_limits<int64_t>::min()};
    if (Below(2) == 0) return kEnds.at(Below(kEnds.size()));
    return static_cast<int64_t>(static_cast<uint64_t>(old) + Below(21) - 10);
  }

  // Names that the golden log has, and what libFuzzer makes of the old text.
  std::string Text(const std::string& old) {
    static constexpr std::array<const char*, 12> kKnown = {"",
                                                           "-",
                                                           "*",
                                                           "EUR",
                                                           "USD",
                                                           "c1",
                                                           "customers/c1",
                                                           "customers/c2",
                                                           "customers/c1/opportunities/o1",
                                                           "pipelines/standard",
                                                           "display_name",
                                                           "user:ann"};
    if (Below(2) == 0) return kKnown.at(Below(kKnown.size()));
    std::string text = old.substr(0, kTextMax);
    const size_t size = text.size();
    text.resize(kTextMax);
    text.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(text.data()), size, kTextMax));
    return base::ToUtf8(text, kTextMax);
  }

  std::minstd_rand random_;
};

// The input with one of its messages changed; empty when there is none that can be.
std::string Changed(std::string_view input, unsigned seed) {
  Mutator mutator(seed);
  const std::vector<Part> parts = MessagesOf(input);
  if (parts.empty() || mutator.Below(2) == 0) return "";
  const Part& part = parts.at(mutator.Below(parts.size()));
  const std::unique_ptr<Message> message(part.type->New());
  if (!message->ParseFromArray(input.data() + part.begin, static_cast<int>(part.size))) return "";
  for (size_t times = 1 + mutator.Below(3); times > 0; --times) mutator.Mutate(*message);
  const std::string bytes = message->SerializeAsString();
  if (bytes.size() > 0xffff) return "";
  std::string changed(input.substr(0, part.begin));
  if (part.has_length) {
    changed[part.begin - 2] = static_cast<char>(bytes.size() >> 8);
    changed[part.begin - 1] = static_cast<char>(bytes.size());
  }
  return changed.append(bytes).append(input.substr(part.begin + part.size));
}

}  // namespace
}  // namespace crm::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const std::string changed = crm::fuzz::Changed({reinterpret_cast<char*>(data), size}, seed);
  if (changed.empty() || changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}
