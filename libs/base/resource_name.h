// Resource names, AIP-122: "customers/{customer}/opportunities/{opportunity}".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crm::base {

// [a-z0-9-]{1,63}: what an id of ours may be.
bool IsResourceId(std::string_view id);

// The id of the first segment, which is the Kafka key: "customers/c1/orders/o7" gives "c1".
// Empty when the name has no second segment.
std::string_view KeyOf(std::string_view name);

// The name without its last two segments: "customers/c1/orders/o7" gives "customers/c1"; "" for a
// root.
std::string_view ParentOf(std::string_view name);
// The last segment.
std::string_view LastIdOf(std::string_view name);

// An id for a row that another system named, never the same for two: "<system>-<id>" where that is
// an id of ours and can be read in one way only, else "<system>-" and a hash of both, or only the
// hash.
std::string IdFromExternal(std::string_view system, std::string_view id);

// The pattern of one resource type, from the google.api.resource option of its message.
class NamePattern {
 public:
  // nullopt when the pattern does not alternate collections and {variables}.
  static std::optional<NamePattern> Parse(std::string_view pattern);

  // True when the name has this pattern's collections and ids of ours at its variables. "-" counts
  // as an id when `allow_wildcard` (AIP-159), except as the last.
  bool Matches(std::string_view name, bool allow_wildcard = false) const;
  // True when the name is that of a parent of this pattern ("" for a root collection).
  bool MatchesParent(std::string_view parent, bool allow_wildcard = false) const;
  std::string Format(std::string_view parent, std::string_view id) const;
  // Some name matches both.
  bool Meets(const NamePattern& other) const { return collections_ == other.collections_; }

  // Value of a variable in a name that matches: Variable("customers/c1/orders/o7", "customer") =
  // "c1".
  std::optional<std::string_view> Variable(std::string_view name, std::string_view variable) const;

  const std::vector<std::string>& variables() const { return variables_; }
  // Last collection: "opportunities".
  const std::string& collection() const { return collections_.back(); }
  // Last variable: "opportunity", so that the id field of a create request is "opportunity_id".
  const std::string& last_variable() const { return variables_.back(); }

 private:
  std::vector<std::string> collections_;
  std::vector<std::string> variables_;
};

}  // namespace crm::base
