#include "tools/crmctl/request.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/api/resource.pb.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"

namespace crm::crmctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

bool IsResource(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_repeated() &&
         field.message_type()->options().HasExtension(google::api::resource);
}

std::string KindOf(const FieldDescriptor& field) {
  const std::string many = field.is_repeated() ? ", again for each" : "";
  if (field.enum_type() != nullptr) {
    std::vector<std::string> values;
    const std::string& first = field.enum_type()->value(0)->name();
    const size_t prefix = first.rfind("UNSPECIFIED");
    for (int i = 1; i < field.enum_type()->value_count(); ++i) {
      values.push_back(
          field.enum_type()->value(i)->name().substr(prefix == std::string::npos ? 0 : prefix));
    }
    return absl::StrCat(absl::StrJoin(values, "|"), many);
  }
  if (field.message_type() != nullptr) return field.message_type()->name() + many;
  return absl::StrCat(field.cpp_type_name(), many);
}

void AddFlags(const Descriptor& type, const std::string& prefix, std::set<std::string>& names,
              std::vector<FieldFlag>& flags) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsPlain(field) || field.is_map() || IsOutputOnly(field)) continue;
    const std::string flag = "--" + KebabOf(field.name());
    if (!names.insert(flag).second) continue;
    flags.push_back({flag, prefix + field.name(), KindOf(field)});
  }
}

// The resource that an update or create carries.
const FieldDescriptor* ResourceField(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    if (IsResource(*request.field(i))) return request.field(i);
  }
  return nullptr;
}

size_t VariablesIn(std::string_view pattern) {
  return static_cast<size_t>(std::count(pattern.begin(), pattern.end(), '{'));
}

// "customers/{customer}/orders/{order}" gives "customers/-".
std::string AllParents(const std::string& pattern) {
  std::vector<std::string> segments = absl::StrSplit(pattern, '/');
  segments.resize(segments.size() - std::min<size_t>(segments.size(), 2));
  for (std::string& segment : segments) {
    if (segment.front() == '{') segment = "-";
  }
  return absl::StrJoin(segments, "/");
}

// A name as it was meant: "c1" of customers is "customers/c1".
std::string FullName(const std::string& word, const std::string& pattern) {
  if (word.find('/') != std::string::npos || VariablesIn(pattern) != 1) return word;
  return pattern.substr(0, pattern.find('{')) + word;
}

absl::Status SetWords(const MethodDescriptor& method, const Collection* collection,
                      const std::vector<std::string>& words, Message& request) {
  const std::string path = PositionalOf(method);
  if (words.empty()) return absl::OkStatus();
  const FieldDescriptor* field = path.empty() ? nullptr : FindField(*request.GetDescriptor(), path);
  if (field == nullptr) return Usage(absl::StrCat("what is '", words[0], "'? It takes no name"));
  if (words.size() > 1 && !field->is_repeated()) {
    return Usage(absl::StrCat("one ", path, " is enough: '", words[1], "' is too much"));
  }
  const std::string pattern = collection == nullptr ? "" : collection->pattern;
  for (const std::string& word : words) {
    // A parent has the pattern without its last two segments.
    const std::string own =
        path == "parent" ? pattern.substr(0, pattern.find('/', pattern.find('{'))) : pattern;
    const std::string text = path == "query" ? word : FullName(word, own);
    if (absl::Status s = SetField(request, path, text); !s.ok()) return Usage(s.message());
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<FieldFlag> FlagsOf(const MethodDescriptor& method) {
  std::vector<FieldFlag> flags;
  std::set<std::string> names;
  const Descriptor& request = *method.input_type();
  AddFlags(request, "", names, flags);
  if (const FieldDescriptor* resource = ResourceField(request)) {
    AddFlags(*resource->message_type(), resource->name() + ".", names, flags);
    if (names.insert("--etag").second &&
        resource->message_type()->FindFieldByName("etag") != nullptr) {
      flags.push_back({"--etag", resource->name() + ".etag", "string"});
    }
  }
  return flags;
}

std::string PositionalOf(const MethodDescriptor& method) {
  const Descriptor& request = *method.input_type();
  for (const char* name : {"name", "names", "parent", "query"}) {
    if (request.FindFieldByName(name) != nullptr) return name;
  }
  const FieldDescriptor* resource = ResourceField(request);
  if (resource == nullptr || resource->message_type()->FindFieldByName("name") == nullptr)
    return "";
  // What is to be made has no name yet.
  if (request.FindFieldByName(resource->name() + "_id") != nullptr) return "";
  return resource->name() + ".name";
}

absl::Status BuildRequest(const MethodDescriptor& method, const Collection* collection,
                          const RequestArguments& arguments, Message& request) {
  if (!arguments.json.empty()) {
    if (absl::Status s = ParseJson(arguments.json, request); !s.ok()) return Usage(s.message());
  }
  for (const auto& [path, text] : arguments.fields) {
    if (absl::Status s = SetField(request, path, text); !s.ok()) {
      return Usage(absl::StrCat(path, ": ", s.message()));
    }
  }
  if (absl::Status s = SetWords(method, collection, arguments.words, request); !s.ok()) return s;
  const FieldDescriptor* parent = request.GetDescriptor()->FindFieldByName("parent");
  if (parent != nullptr && collection != nullptr && RowsOf(method) != nullptr &&
      request.GetReflection()->GetString(request, parent).empty()) {
    request.GetReflection()->SetString(&request, parent, AllParents(collection->pattern));
  }
  FillRequestId(request);
  return absl::OkStatus();
}

const FieldDescriptor* RowsOf(const MethodDescriptor& method) {
  const Descriptor& reply = *method.output_type();
  if (reply.FindFieldByName("next_page_token") == nullptr ||
      method.input_type()->FindFieldByName("page_token") == nullptr) {
    return nullptr;
  }
  for (int i = 0; i < reply.field_count(); ++i) {
    if (reply.field(i)->is_repeated() && reply.field(i)->message_type() != nullptr) {
      return reply.field(i);
    }
  }
  return nullptr;
}

}  // namespace crm::crmctl
