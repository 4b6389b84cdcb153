#include "libs/base/resource_name.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/hash.h"

namespace crm::base {
namespace {

std::vector<std::string_view> Segments(std::string_view name) {
  std::vector<std::string_view> segments;
  while (!name.empty()) {
    const size_t slash = name.find('/');
    segments.push_back(name.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    name.remove_prefix(slash + 1);
    if (name.empty()) segments.push_back(name);
  }
  return segments;
}

}  // namespace

bool IsResourceId(std::string_view id) {
  return !id.empty() && id.size() <= 63 && id != "-" &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string_view KeyOf(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view rest = name.substr(slash + 1);
  return rest.substr(0, rest.find('/'));
}

std::string_view ParentOf(std::string_view name) {
  const size_t last = name.rfind('/');
  if (last == std::string_view::npos || last == 0) return {};
  const size_t before = name.rfind('/', last - 1);
  return before == std::string_view::npos ? std::string_view() : name.substr(0, before);
}

std::string_view LastIdOf(std::string_view name) {
  const size_t last = name.rfind('/');
  return last == std::string_view::npos ? name : name.substr(last + 1);
}

std::string IdFromExternal(std::string_view system, std::string_view id) {
  const std::string hash = DeriveId({"external-id", system, id});
  // "erp-a" and "1" must not meet "erp" and "a-1".
  if (system.find('-') != std::string_view::npos) return hash;
  std::string readable(system);
  readable.push_back('-');
  const std::string hashed = readable + hash;
  readable.append(id);
  // An id as long as a hash might be one.
  if (IsResourceId(readable) && id.size() != hash.size()) return readable;
  return IsResourceId(hashed) ? hashed : hash;
}

std::optional<NamePattern> NamePattern::Parse(std::string_view pattern) {
  NamePattern parsed;
  const std::vector<std::string_view> segments = Segments(pattern);
  if (segments.empty() || segments.size() % 2 != 0) return std::nullopt;
  for (size_t i = 0; i < segments.size(); i += 2) {
    const std::string_view variable = segments[i + 1];
    if (segments[i].empty() || variable.size() < 3 || variable.front() != '{' ||
        variable.back() != '}') {
      return std::nullopt;
    }
    parsed.collections_.emplace_back(segments[i]);
    parsed.variables_.emplace_back(variable.substr(1, variable.size() - 2));
  }
  return parsed;
}

bool NamePattern::Matches(std::string_view name, bool allow_wildcard) const {
  const std::vector<std::string_view> segments = Segments(name);
  if (segments.size() != 2 * collections_.size()) return false;
  for (size_t i = 0; i < collections_.size(); ++i) {
    const bool last = i + 1 == collections_.size();
    if (segments[2 * i] != collections_[i]) return false;
    if (allow_wildcard && !last && segments[2 * i + 1] == "-") continue;
    if (!IsResourceId(segments[2 * i + 1])) return false;
  }
  return true;
}

bool NamePattern::MatchesParent(std::string_view parent, bool allow_wildcard) const {
  if (collections_.size() == 1) return parent.empty();
  if (parent.empty()) return false;
  std::string name(parent);
  name.append("/").append(collections_.back()).append("/x");
  return Matches(name, allow_wildcard);
}

std::string NamePattern::Format(std::string_view parent, std::string_view id) const {
  std::string name(parent);
  if (!name.empty()) name.push_back('/');
  name.append(collections_.back()).append("/").append(id);
  return name;
}

std::optional<std::string_view> NamePattern::Variable(std::string_view name,
                                                      std::string_view variable) const {
  const std::vector<std::string_view> segments = Segments(name);
  if (segments.size() != 2 * variables_.size()) return std::nullopt;
  for (size_t i = 0; i < variables_.size(); ++i) {
    if (variables_[i] == variable) return segments[2 * i + 1];
  }
  return std::nullopt;
}

}  // namespace crm::base
