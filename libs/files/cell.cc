#include "libs/files/cell.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace crm::files {
namespace {

constexpr std::string_view kMarks = ";\n";
constexpr std::string_view kFormulaMarks = "=+-@\t\r";
// Their full-width forms, which spreadsheets of East Asia take likewise.
constexpr std::string_view kWideMarks[] = {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

std::string_view Stripped(std::string_view text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace({text.data(), text.size()});
  return {stripped.data(), stripped.size()};
}

// The value in quotes at the beginning of `rest`, which then begins at the next mark; nullopt when
// there is none.
std::optional<std::string> TakeQuoted(std::string_view& rest) {
  const size_t start = rest.find_first_not_of(" \t\r");
  if (start == std::string_view::npos || rest[start] != '"') return std::nullopt;
  std::string value;
  for (size_t i = start + 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      value += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      value += rest[++i];
    } else {
      const size_t end = rest.find_first_not_of(" \t\r", i + 1);
      if (end != std::string_view::npos && kMarks.find(rest[end]) == std::string_view::npos)
        return std::nullopt;
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
      return value;
    }
  }
  return std::nullopt;
}

// Behind as many apostrophes as there are.
bool IsFormula(std::string_view cell) {
  const size_t at = cell.find_first_not_of('\'');
  if (at == std::string_view::npos) return false;
  const std::string_view text = cell.substr(at);
  return kFormulaMarks.find(text[0]) != std::string_view::npos ||
         std::any_of(std::begin(kWideMarks), std::end(kWideMarks),
                     [&](std::string_view mark) { return text.starts_with(mark); });
}

}  // namespace

std::string JoinCell(const std::vector<std::string>& values) {
  std::string cell;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) cell += ';';
    const std::string& value = values[i];
    const bool plain = !value.empty() && value[0] != '"' &&
                       value.find_first_of(kMarks) == std::string::npos && Stripped(value) == value;
    if (plain) {
      cell.append(value);
    } else {
      absl::StrAppend(&cell, "\"", absl::StrReplaceAll(value, {{"\"", "\"\""}}), "\"");
    }
  }
  return cell;
}

std::vector<std::string> SplitCell(std::string_view cell) {
  std::vector<std::string> values;
  for (std::string_view rest = cell; !rest.empty();) {
    if (auto quoted = TakeQuoted(rest); quoted.has_value()) {
      values.push_back(*std::move(quoted));
    } else {
      const std::string_view plain = rest.substr(0, rest.find_first_of(kMarks));
      rest.remove_prefix(plain.size());
      if (const std::string_view value = Stripped(plain); !value.empty())
        values.emplace_back(value);
    }
    if (!rest.empty()) rest.remove_prefix(1);
  }
  return values;
}

std::string GuardFormula(std::string cell) {
  if (IsFormula(cell)) cell.insert(0, "'");
  return cell;
}

std::string UnguardFormula(std::string cell) {
  if (cell.starts_with('\'') && IsFormula(cell)) cell.erase(0, 1);
  return cell;
}

}  // namespace crm::files
