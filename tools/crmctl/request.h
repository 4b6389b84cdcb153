// Requests from what stands on a command line.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/crmctl/catalogue.h"

namespace crm::crmctl {

// A flag that sets a field of a request.
struct FieldFlag {
  std::string flag;  // "--order-by"
  std::string path;  // "order_by", "customer.display_name"
  std::string help;
};

// The flags of a method: the plain fields of its request, and those of its one resource, without
// output-only ones. A name that two fields would have belongs to the first.
std::vector<FieldFlag> FlagsOf(const google::protobuf::MethodDescriptor& method);

// The field that the words behind the verb fill: "name", "names", "parent", "query", or the name of
// the resource to update. Empty: the method takes none.
std::string PositionalOf(const google::protobuf::MethodDescriptor& method);

struct RequestArguments {
  std::string json;                                         // The whole request, first.
  std::vector<std::pair<std::string, std::string>> fields;  // Path and text, then.
  std::vector<std::string> words;                           // Behind the verb, last.
};

// Fills `request`, which is empty, and its request_id. A word without "/" is an id where the
// pattern has only one ("c1" is customers/c1); a list whose parent is missing is one over all
// parents (customers/-). Errors name what to write, as Usage.
absl::Status BuildRequest(const google::protobuf::MethodDescriptor& method,
                          const Collection* collection, const RequestArguments& arguments,
                          google::protobuf::Message& request);

// The repeated field of a list's answer that holds the rows; nullptr: it is no list.
const google::protobuf::FieldDescriptor* RowsOf(const google::protobuf::MethodDescriptor& method);

}  // namespace crm::crmctl
