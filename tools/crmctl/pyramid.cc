#include "tools/crmctl/pyramid.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/crmctl/fields.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

namespace v1 = customer::v1;

constexpr int kBarWidth = 30;
constexpr int kPictureWidth = 15;
constexpr char kUnknown[] = "-";

std::string TierName(v1::Tier tier) {
  const std::string name = v1::Tier_Name(tier);
  return name.substr(name.find('_') + 1);
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share * 100); }

// A bar of eighths of a character.
std::string Bar(double share, bool unicode) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clamped = std::clamp(share, 0.0, 1.0) * kBarWidth;
  if (!unicode) return std::string(static_cast<size_t>(std::lround(clamped)), '#');
  const int eighths = static_cast<int>(std::lround(clamped * 8));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

// The layer of the drawn pyramid: wider from tier to tier, whatever it holds.
std::string Layer(int tier, int tiers, bool unicode) {
  const int width = 1 + 2 * (tier + 1) * (kPictureWidth - 1) / (2 * tiers);
  std::string layer(static_cast<size_t>((kPictureWidth - width) / 2), ' ');
  if (!unicode) {
    return layer + "/" +
           std::string(static_cast<size_t>(width - 2), tier + 1 == tiers ? '_' : ' ') + "\\";
  }
  layer += "◢";
  for (int i = 2; i < width; ++i) layer += "█";
  return layer + "◣";
}

std::string Amount(const google::type::Money& money) {
  google::type::Money bare = money;
  bare.clear_currency_code();
  return MoneyText(bare, /*separators=*/true);
}

std::string Table(const v1::GetPyramidResponse& pyramid, bool margin, bool unicode) {
  std::vector<std::vector<std::string>> rows;
  const int tiers = pyramid.tiers_size();
  for (int i = 0; i < tiers; ++i) {
    const v1::PyramidTier& tier = pyramid.tiers(i);
    const bool known = margin ? tier.has_margin() : tier.has_revenue();
    const double share = margin ? tier.margin_share() : tier.revenue_share();
    const bool empty = tier.customer_count() == 0;
    rows.push_back(
        {Layer(i, tiers, unicode), TierName(tier.tier()), WithSeparators(tier.customer_count()),
         empty ? kUnknown : Amount(tier.lower_bound()), WithSeparators(tier.order_count()),
         known ? Amount(margin ? tier.margin() : tier.revenue()) : kUnknown,
         known ? Percent(share) : kUnknown, known ? Bar(share, unicode) : ""});
  }
  const bool known = margin ? pyramid.has_margin() : pyramid.has_revenue();
  rows.push_back({"", "all", WithSeparators(pyramid.customer_count()), "",
                  WithSeparators(pyramid.order_count()),
                  known ? Amount(margin ? pyramid.margin() : pyramid.revenue()) : kUnknown, "",
                  ""});
  return FormatTable({{""},
                      {"tier"},
                      {"customers", Align::kRight},
                      {"from", Align::kRight},
                      {"orders", Align::kRight},
                      {margin ? "margin" : "revenue", Align::kRight},
                      {"share", Align::kRight},
                      {""}},
                     rows);
}

std::string Below(const v1::GetPyramidResponse& pyramid) {
  return absl::StrCat("below: ", WithSeparators(pyramid.inactive_count()), " inactive, ",
                      WithSeparators(pyramid.prospect_count()), " prospects, ",
                      WithSeparators(pyramid.suspect_count()), " suspects\n");
}

}  // namespace

std::string PyramidText(const v1::GetPyramidResponse& pyramid, bool unicode) {
  const bool margin = pyramid.measure() == v1::MEASURE_MARGIN;
  const std::string& currency = margin && pyramid.has_margin() ? pyramid.margin().currency_code()
                                                               : pyramid.revenue().currency_code();
  std::string text = absl::StrCat(
      "Value pyramid by ", margin ? "margin" : "revenue", ", ", DateText(pyramid.period().start()),
      unicode ? " … " : " - ", DateText(pyramid.period().end()), " (end excluded)",
      currency.empty() ? "" : ", in ", currency, "\n\n", Table(pyramid, margin, unicode), "\n");
  absl::StrAppend(&text, Below(pyramid));
  absl::StrAppend(&text, "best fifth of the customers: ", Percent(pyramid.top_fifth_share()),
                  " of the ", margin ? "margin" : "revenue", "; Gini ",
                  absl::StrFormat("%.3f", pyramid.gini()), "\n");
  if (margin) {
    absl::StrAppend(&text, "margin known of ", Percent(pyramid.known_margin_share()),
                    " of the revenue\n");
  }
  for (const std::string& note : pyramid.notes()) absl::StrAppend(&text, "note: ", note, "\n");
  return text;
}

bool IsUnicodeEnvironment() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale = absl::AsciiStrToLower(value);
    return absl::StrContains(locale, "utf-8") || absl::StrContains(locale, "utf8");
  }
  return false;
}

}  // namespace crm::crmctl
