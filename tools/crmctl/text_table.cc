#include "tools/crmctl/text_table.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/utf8.h"
#include "tools/crmctl/fields.h"

namespace crm::crmctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kColumnsByDefault = 7;
constexpr size_t kListingWidthMax = 200;

struct Range {
  uint32_t first;
  uint32_t last;
};

// East Asian wide and fullwidth characters and emoji, in blocks.
constexpr Range kWide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                           {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                           {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
// Combining marks, joiners, direction marks, variation selectors.
constexpr Range kNone[] = {
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069}, {0xFE00, 0xFE0F}};

template <size_t N>
bool In(const Range (&ranges)[N], uint32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

size_t LengthOf(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// The character that begins `text`, which is UTF-8 and not empty.
uint32_t CharacterOf(std::string_view text, size_t length) {
  constexpr unsigned char kLeadBits[] = {0x7F, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t c = static_cast<unsigned char>(text[0]) & kLeadBits[length];
  for (size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
  return c;
}

size_t WidthOf(uint32_t c) { return In(kNone, c) ? 0 : In(kWide, c) ? 2 : 1; }

// C0, DEL and C1 controls, and the marks that turn the direction of writing.
bool IsControl(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

void Pad(std::string& line, const std::string& cell, size_t width, Align align, bool last) {
  const std::string blanks(width - std::min(width, DisplayWidth(cell)), ' ');
  if (align == Align::kRight) {
    line += blanks + cell;
  } else {
    line += last ? cell : cell + blanks;
  }
}

// The message that holds the last field of the path, through messages that are set.
std::string TextAt(const Message& message, const std::string& path) {
  const Message* owner = &message;
  std::vector<std::string> segments = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    const FieldDescriptor* field = FindField(*owner->GetDescriptor(), segments[i]);
    owner = &owner->GetReflection()->GetMessage(*owner, field);
  }
  return FieldText(*owner, *FindField(*owner->GetDescriptor(), segments.back()));
}

// Fields that say something to a person looking over many rows.
std::vector<std::string> ColumnsFor(const Descriptor& type,
                                    const std::vector<const Message*>& rows) {
  std::vector<std::string> paths;
  for (int i = 0; i < type.field_count() && paths.size() < kColumnsByDefault; ++i) {
    const FieldDescriptor* field = type.field(i);
    const std::string& name = field->name();
    if (name == "etag" || name == "create_time" || name == "update_time") continue;
    if (!IsPlain(*field)) continue;
    if (std::any_of(rows.begin(), rows.end(),
                    [&](const Message* row) { return !FieldText(*row, *field).empty(); })) {
      paths.push_back(name);
    }
  }
  return paths;
}

Align AlignOf(const FieldDescriptor& field) {
  if (field.is_repeated()) return Align::kLeft;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_BOOL:
      return Align::kLeft;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type() == google::type::Money::descriptor() ? Align::kRight
                                                                       : Align::kLeft;
    default:
      return Align::kRight;
  }
}

void AddLines(const Message& message, const std::string& prefix,
              std::vector<std::pair<std::string, std::string>>& lines) {
  const Descriptor& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const std::string path = prefix + field->name();
    if (IsPlain(*field)) {
      const std::string text = FieldText(message, *field);
      if (!text.empty()) lines.emplace_back(path, text);
    } else if (!field->is_repeated()) {
      if (reflection.HasField(message, field)) {
        AddLines(reflection.GetMessage(message, field), path + ".", lines);
      }
    } else if (field->message_type()->full_name() == "crm.common.v1.ExternalId") {
      const std::string text = FieldText(message, *field);
      if (!text.empty()) lines.emplace_back(path, text);
    } else {
      for (int j = 0; j < reflection.FieldSize(message, field); ++j) {
        AddLines(reflection.GetRepeatedMessage(message, field, j), absl::StrCat(path, "[", j, "]."),
                 lines);
      }
    }
  }
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  const std::string clean = base::ToUtf8(text, text.size() + 1);
  for (size_t i = 0; i < clean.size();) {
    const size_t length = LengthOf(static_cast<unsigned char>(clean[i]));
    width += WidthOf(CharacterOf(std::string_view(clean).substr(i), length));
    i += length;
  }
  return width;
}

std::string Printable(std::string_view text, size_t width) {
  const std::string clean = base::ToUtf8(text, text.size() + 1);
  std::string out;
  size_t used = 0;
  size_t fits = 0;  // Bytes of `out` that leave room for the sign that it was cut.
  for (size_t i = 0; i < clean.size();) {
    const size_t length = LengthOf(static_cast<unsigned char>(clean[i]));
    const uint32_t c = CharacterOf(std::string_view(clean).substr(i), length);
    const bool control = IsControl(c);
    used += control ? 1 : WidthOf(c);
    if (used > width) {
      out.resize(fits);
      return out + "…";
    }
    control ? out.append(" ") : out.append(clean, i, length);
    if (used < width) fits = out.size();
    i += length;
  }
  return out;
}

std::string FormatTable(const std::vector<Column>& columns,
                        const std::vector<std::vector<std::string>>& rows, size_t cell_width_max) {
  std::vector<size_t> widths;
  for (const Column& column : columns) widths.push_back(DisplayWidth(column.heading));
  std::vector<std::vector<std::string>> cells;
  for (const std::vector<std::string>& row : rows) {
    cells.emplace_back();
    for (size_t i = 0; i < columns.size(); ++i) {
      cells.back().push_back(Printable(row[i], cell_width_max));
      widths[i] = std::max(widths[i], DisplayWidth(cells.back()[i]));
    }
  }
  std::string table;
  const auto add = [&](const auto& cell_of) {
    std::string line;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) line += "  ";
      Pad(line, cell_of(i), widths[i], columns[i].align, i + 1 == columns.size());
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + "\n";
  };
  add([&](size_t i) -> const std::string& { return columns[i].heading; });
  for (const std::vector<std::string>& row : cells) {
    add([&](size_t i) -> const std::string& { return row[i]; });
  }
  return table;
}

absl::StatusOr<std::string> TableOf(const Descriptor& type, const std::vector<const Message*>& rows,
                                    const std::vector<std::string>& paths) {
  const std::vector<std::string> shown = paths.empty() ? ColumnsFor(type, rows) : paths;
  std::vector<Column> columns;
  for (const std::string& path : shown) {
    const FieldDescriptor* field = FindField(type, path);
    if (field == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("--columns: ", path, " is not a field of ", type.name()));
    }
    columns.push_back({path, AlignOf(*field)});
  }
  std::vector<std::vector<std::string>> cells;
  for (const Message* row : rows) {
    cells.emplace_back();
    for (const std::string& path : shown) cells.back().push_back(TextAt(*row, path));
  }
  return FormatTable(columns, cells);
}

std::string ListingOf(const Message& message) {
  std::vector<std::pair<std::string, std::string>> lines;
  AddLines(message, "", lines);
  size_t width = 0;
  for (const auto& [path, text] : lines) width = std::max(width, path.size());
  std::string listing;
  for (const auto& [path, text] : lines) {
    absl::StrAppend(&listing, path, std::string(width - path.size() + 2, ' '),
                    Printable(text, kListingWidthMax), "\n");
  }
  return listing;
}

}  // namespace crm::crmctl
