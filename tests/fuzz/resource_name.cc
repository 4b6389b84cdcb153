// Resource names and ids. Input: on two lines a system and an id of another system; then a name.
#include "libs/base/resource_name.h"

#include <array>
#include <string>

#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

void CheckName(const base::NamePattern& pattern, std::string_view name) {
  pattern.MatchesParent(name, /*allow_wildcard=*/true);
  if (!pattern.Matches(name)) {
    return base::Check(!pattern.Matches(name, true) || name.find("/-") != std::string_view::npos,
                       "only a wildcard makes the difference");
  }
  const std::string_view parent = base::ParentOf(name), id = base::LastIdOf(name);
  base::Check(base::IsResourceId(id), "a name ends in an id");
  base::Check(pattern.MatchesParent(parent) && pattern.Format(parent, id) == name,
              "a name is its parent and its id");
  base::Check(pattern.Variable(name, pattern.last_variable()) == id, "the last variable is the id");
  base::Check(pattern.Variable(name, pattern.variables().front()) == base::KeyOf(name),
              "the first variable is the key");
  const int partition = base::PartitionOf(base::KeyOf(name), 12);
  base::Check(partition >= 0 && partition < 12, "a key has a partition");
}

}  // namespace

void Target(std::string_view bytes) {
  static const std::array<base::NamePattern, 3> patterns = {
      *base::NamePattern::Parse("customers/{customer}"),
      *base::NamePattern::Parse("customers/{customer}/orders/{order}"),
      *base::NamePattern::Parse("a/{b}/c/{d}/e/{f}")};
  Input input(bytes);
  const std::string_view system = input.Line(), external = input.Line(), name = input.Rest();
  base::Check(base::IsResourceId(base::IdFromExternal(system, external)),
              "an id made of another system's is one of ours");
  for (const base::NamePattern& pattern : patterns) CheckName(pattern, name);
  const auto any = base::NamePattern::Parse(name);
  if (any.has_value()) base::Check(!any->collection().empty(), "a pattern has a collection");
}

}  // namespace crm::fuzz
