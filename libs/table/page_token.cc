#include "libs/table/page_token.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/table/limits.h"

namespace crm::table {
namespace {

constexpr char kVersion = 2;
constexpr size_t kSealBytes = 16;

// Lengths before texts, so that two queries never run into the same text.
std::string PredicatesText(const std::vector<Predicate>& predicates) {
  std::string text;
  for (const Predicate& predicate : predicates) {
    absl::StrAppend(&text, "f", predicate.field.size(), ":", predicate.field);
    for (const KeyValue& value : predicate.any_of) {
      if (const int64_t* number = std::get_if<int64_t>(&value); number != nullptr) {
        absl::StrAppend(&text, "n", *number, ";");
      } else {
        const std::string& string = std::get<std::string>(value);
        absl::StrAppend(&text, "s", string.size(), ":", string);
      }
    }
  }
  return text;
}

std::string Seal(std::string_view query_hash, std::string_view place) {
  return base::Sha256({query_hash, place}).substr(0, kSealBytes);
}

}  // namespace

std::string QueryHash(const TableDef& table, const ListQuery& query) {
  return base::Sha256({table.fingerprint(), query.parent, query.filter, query.order_by,
                       PredicatesText(query.predicates)});
}

std::optional<std::string> MakePageToken(std::string_view query_hash, std::string_view place) {
  std::string bytes(1, kVersion);
  bytes.append(Seal(query_hash, place)).append(place);
  std::string token = absl::WebSafeBase64Escape(bytes);
  if (token.size() > kPageTokenBytesMax) return std::nullopt;
  return token;
}

std::optional<std::string> PlaceOf(std::string_view token, std::string_view query_hash) {
  std::string bytes;
  if (token.size() > kPageTokenBytesMax ||
      !absl::WebSafeBase64Unescape({token.data(), token.size()}, &bytes)) {
    return std::nullopt;
  }
  const std::string_view view = bytes;
  if (view.size() < 1 + kSealBytes || view[0] != kVersion) return std::nullopt;
  const std::string_view place = view.substr(1 + kSealBytes);
  if (view.substr(1, kSealBytes) != Seal(query_hash, place)) return std::nullopt;
  return std::string(place);
}

}  // namespace crm::table
