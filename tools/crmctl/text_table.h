// Tables of text for a terminal.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace crm::crmctl {

// How many columns of a terminal the UTF-8 text takes: two for Chinese characters and the like.
size_t DisplayWidth(std::string_view text);

// The text without control characters, so that nobody's data can speak to the terminal, in one
// line, cut to `width` columns with "…" at its end.
std::string Printable(std::string_view text, size_t width);

enum class Align { kLeft, kRight };

struct Column {
  std::string heading;
  Align align = Align::kLeft;
};

// Heading and rows with two blanks between columns, each line ended by "\n". A cell is cut at
// `cell_width_max`. A row has as many cells as there are columns.
std::string FormatTable(const std::vector<Column>& columns,
                        const std::vector<std::vector<std::string>>& rows,
                        size_t cell_width_max = 40);

// Messages of one type as a table. `paths` are the fields to show ("name", "revenue"); empty: the
// first fields that hold something in any of them. kInvalidArgument: no such field.
absl::StatusOr<std::string> TableOf(const google::protobuf::Descriptor& type,
                                    const std::vector<const google::protobuf::Message*>& rows,
                                    const std::vector<std::string>& paths);

// One message, a line for every field that holds something; "a.b" for fields of messages.
std::string ListingOf(const google::protobuf::Message& message);

}  // namespace crm::crmctl
