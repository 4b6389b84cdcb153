#include "libs/files/vcard.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/utf8.h"
#include "libs/files/encoding.h"

namespace crm::files {
namespace {

// What is not looked at may be large.
constexpr std::string_view kSkipped[] = {"PHOTO", "LOGO", "SOUND", "KEY"};

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsSkipped(std::string_view line) {
  return std::any_of(std::begin(kSkipped), std::end(kSkipped), [&](std::string_view name) {
    const size_t dot = line.substr(0, line.find_first_of(":;")).find('.');
    const std::string_view own = dot == std::string_view::npos ? line : line.substr(dot + 1);
    return own.size() > name.size() && (own[name.size()] == ':' || own[name.size()] == ';') &&
           absl::EqualsIgnoreCase(View(own.substr(0, name.size())), View(name));
  });
}

// Where the first of `marks` stands that is not quoted.
size_t FindUnquoted(std::string_view text, std::string_view marks) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && marks.find(text[i]) != std::string_view::npos) return i;
  }
  return std::string_view::npos;
}

std::string Unquoted(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '"');
  return plain;
}

absl::Status ParseProperty(std::string_view text, VcardProperty& property) {
  const size_t colon = FindUnquoted(text, ":");
  if (colon == std::string_view::npos) return absl::InvalidArgumentError("a line has no colon");
  std::string_view head = text.substr(0, colon);
  property.value = std::string(text.substr(colon + 1));
  size_t end = FindUnquoted(head, ";");
  std::string_view name = head.substr(0, end);
  if (const size_t dot = name.find('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
  property.name = absl::AsciiStrToUpper(View(name));
  if (property.name.empty()) return absl::InvalidArgumentError("a line has no name");
  while (end != std::string_view::npos) {
    head.remove_prefix(end + 1);
    end = FindUnquoted(head, ";");
    const std::string_view param = head.substr(0, end);
    const size_t equals = param.find('=');
    // A bare word is a type, as version 2.1 wrote it and many still do.
    if (equals == std::string_view::npos) {
      property.params.emplace_back("TYPE", std::string(param));
    } else {
      property.params.emplace_back(absl::AsciiStrToUpper(View(param.substr(0, equals))),
                                   Unquoted(param.substr(equals + 1)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckVersion(const std::vector<VcardProperty>& properties) {
  for (const VcardProperty& property : properties) {
    if (property.name != "VERSION") continue;
    if (property.value == "3.0" || property.value == "4.0") return absl::OkStatus();
    return absl::InvalidArgumentError("is of a version other than 3.0 and 4.0");
  }
  return absl::InvalidArgumentError("says no version");
}

bool IsLine(std::string_view text, std::string_view wanted) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(View(text)), View(wanted));
}

}  // namespace

bool VcardProperty::HasType(std::string_view type) const {
  return std::any_of(params.begin(), params.end(), [&](const auto& param) {
    if (param.first != "TYPE") return false;
    for (const std::string& one : SplitEscaped(param.second, ',')) {
      if (absl::EqualsIgnoreCase(one, View(type))) return true;
    }
    return false;
  });
}

std::vector<std::string> SplitEscaped(std::string_view value, char separator) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == separator) {
      parts.emplace_back();
      continue;
    }
    parts.back() += value[i];
    if (value[i] == '\\' && i + 1 < value.size()) parts.back() += value[++i];
  }
  return parts;
}

std::string Unescape(std::string_view value) {
  std::string plain;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      plain += value[i];
      continue;
    }
    ++i;
    plain += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
  }
  return plain;
}

bool VcardReader::NextLine(std::string& text) {
  if (has_again_) {
    has_again_ = false;
    text = std::move(again_);
  } else {
    text.clear();
    if (!std::getline(in_, text)) return false;
    line_bytes_ = static_cast<int64_t>(text.size()) + (in_.eof() ? 0 : 1);
    if (!text.empty() && text.back() == '\r') text.pop_back();
  }
  ++line_;
  offset_ += line_bytes_;
  if (line_ == 1 && text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return true;
}

void VcardReader::PutBack(std::string text) {
  again_ = std::move(text);
  has_again_ = true;
  --line_;
  offset_ -= line_bytes_;
}

// The unfolded lines between BEGIN and END.
absl::Status VcardReader::ReadLines(std::vector<std::pair<int64_t, std::string>>& lines) {
  size_t bytes = 0;
  bool skipping = false, too_long = false;
  std::string text;
  while (NextLine(text)) {
    if (IsLine(text, "END:VCARD")) {
      return too_long ? absl::InvalidArgumentError("the card is longer than 256 KiB")
                      : absl::OkStatus();
    }
    if (IsLine(text, "BEGIN:VCARD")) {
      PutBack(std::move(text));
      return absl::InvalidArgumentError("the card has no end");
    }
    const bool folded = !text.empty() && (text[0] == ' ' || text[0] == '\t');
    if (!folded) skipping = IsSkipped(text);
    if (skipping || text.empty()) continue;
    bytes += text.size();
    too_long = too_long || bytes > kVcardBytesMax;
    if (too_long) continue;
    if (folded && !lines.empty()) {
      lines.back().second.append(text, 1);
    } else {
      lines.emplace_back(line_, std::move(text));
    }
  }
  return absl::InvalidArgumentError("the card has no end");
}

bool VcardReader::Next(VcardRecord& record) {
  record = {};
  std::string text;
  do {
    if (!NextLine(text)) return false;
  } while (absl::StripAsciiWhitespace(text).empty());
  record.line = line_;
  if (!IsLine(text, "BEGIN:VCARD")) {
    // Up to the next card all is one fault.
    while (NextLine(text)) {
      if (!IsLine(text, "BEGIN:VCARD")) continue;
      PutBack(std::move(text));
      break;
    }
    record.status = absl::InvalidArgumentError("stands outside a card");
    return true;
  }
  std::vector<std::pair<int64_t, std::string>> lines;
  record.status = ReadLines(lines);
  for (auto& [line, raw] : lines) {
    if (!record.status.ok()) break;
    if (decode_ != nullptr) {
      absl::StatusOr<std::string> decoded = decode_(raw);
      record.status = decoded.status();
      if (!decoded.ok()) break;
      raw = *std::move(decoded);
    }
    if (!base::IsUtf8(raw)) {
      record.status = absl::InvalidArgumentError("is not UTF-8");
      break;
    }
    VcardProperty property;
    property.line = line;
    record.status = ParseProperty(raw, property);
    record.properties.push_back(std::move(property));
  }
  if (record.status.ok()) record.status = CheckVersion(record.properties);
  if (!record.status.ok()) record.properties.clear();
  return true;
}

}  // namespace crm::files
