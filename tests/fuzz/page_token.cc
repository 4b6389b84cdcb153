// Page tokens. Input: what is done, the hash of a query, a place or a token.
#include "libs/table/page_token.h"

#include <string>

#include "libs/base/check.h"
#include "libs/table/limits.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {

void Target(std::string_view bytes) {
  Input input(bytes);
  const bool ours = input.Below(2) == 0;
  const std::string_view hash = input.Text();
  const std::string_view text = input.Rest();
  if (ours) {
    const auto token = table::MakePageToken(hash, text);
    if (!token.has_value()) return base::Check(text.size() > 40'000, "a token fits a short place");
    base::Check(table::PlaceOf(*token, hash) == text, "a token gives its place back");
    const std::string other = std::string(hash) + "x";
    base::Check(!table::PlaceOf(*token, other).has_value(), "a token is good for its query alone");
    return;
  }
  const auto place = table::PlaceOf(text, hash);
  if (!place.has_value()) return;
  const auto again = table::MakePageToken(hash, *place);
  base::Check(again.has_value() && table::PlaceOf(*again, hash) == place,
              "a token that was read can be written");
}

}  // namespace crm::fuzz
