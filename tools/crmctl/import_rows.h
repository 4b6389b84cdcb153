// What the columns of a CSV file mean: from records to the rows of an import call.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/crmctl/message.h"

namespace crm::crmctl {

// A fault of one row. `column` is empty when it is not that of one column.
struct RowError {
  int64_t line = 0;
  std::string column;
  std::string reason;

  friend bool operator==(const RowError&, const RowError&) = default;
};

// How files of one kind are read. The columns that a file must have and those that it may have are
// listed in README.md; any other column is a field of the resource by its path ("industry",
// "personal.phones").
class RowFormat {
 public:
  // By "customers" or "orders"; kNotFound for another.
  static absl::StatusOr<RowFormat> Find(std::string_view kind);

  const std::string& kind() const { return kind_; }
  // The RPC that takes the rows: its request has `rows` and its answer `results`.
  const google::protobuf::MethodDescriptor& method() const { return *method_; }
  // ALREADY_EXISTS for a row means that another call is making it: it is sent again.
  bool exists_is_passing() const { return exists_is_passing_; }

  // Reads the heading. kInvalidArgument: a required column is missing, or one is unknown, twice or
  // a field that only the server sets.
  absl::Status SetHeading(const std::vector<std::string>& columns);
  // The row as a message of the request's `rows`, or what is wrong with it; after SetHeading.
  absl::StatusOr<MessagePtr> Convert(const std::vector<std::string>& fields, RowError& error) const;
  // The column that a refused field came from, by its path within the row ("order.revenue.units");
  // the path itself when it is of no column.
  std::string ColumnOf(std::string_view path) const;

 private:
  struct Target {
    std::string column;
    std::string path;  // In the row's message.
    bool required = false;
    enum class As { kField, kAmount, kCurrency, kQuantity, kProduct } as = As::kField;
  };

  RowFormat(std::string kind, const google::protobuf::MethodDescriptor* method,
            bool exists_is_passing, std::string resource, std::vector<Target> targets);
  absl::Status Set(const Target& target, const std::string& text,
                   google::protobuf::Message& row) const;
  const google::protobuf::Descriptor& RowType() const;

  std::string kind_;
  const google::protobuf::MethodDescriptor* method_;
  bool exists_is_passing_;
  std::string resource_;  // The row's field that is the resource: "customer".
  std::vector<Target> targets_;
  std::vector<Target> heading_;
};

}  // namespace crm::crmctl
