#include "services/customer/read/place_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"

namespace crm::customer {
namespace {

constexpr size_t kDigestBytes = 12;

std::string DigestOf(std::string_view question, std::string_view place) {
  return base::Sha256({question, place}).substr(0, kDigestBytes);
}

}  // namespace

std::string PlaceToken(std::string_view question, std::string_view place) {
  return absl::WebSafeBase64Escape(absl::StrCat(DigestOf(question, place), std::string(place)));
}

std::optional<std::string> PlaceIn(std::string_view token, std::string_view question) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(std::string(token), &bytes) || bytes.size() <= kDigestBytes)
    return std::nullopt;
  std::string place = bytes.substr(kDigestBytes);
  if (bytes.substr(0, kDigestBytes) != DigestOf(question, place)) return std::nullopt;
  return place;
}

bool ReadPlace(std::string_view token, std::string_view question,
               google::protobuf::Message& place) {
  const auto bytes = PlaceIn(token, question);
  return bytes.has_value() && place.ParseFromString(*bytes);
}

}  // namespace crm::customer
