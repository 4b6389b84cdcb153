#include "libs/text/pinyin.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "libs/text/data.h"
#include "libs/text/lines.h"
#include "libs/text/utf32.h"

namespace crm::text {
namespace {

using Syllables = std::unordered_map<char32_t, Readings>;
using Surname = std::pair<std::u32string, Readings>;

Syllables MakeSyllables() {
  Syllables syllables;
  for (const std::string_view data : {kReadingsData, kFurtherReadingsData}) {
    ForEachLine(data, [&](std::string_view reading, std::string_view characters) {
      for (const char32_t c : ToUtf32(characters)) syllables[c].push_back(reading);
    });
  }
  return syllables;
}

std::vector<Surname> MakeSurnames() {
  std::vector<Surname> surnames;
  ForEachLine(kSurnamesData, [&](std::string_view name, std::string_view syllables) {
    Readings readings;
    while (!syllables.empty()) {
      readings.push_back(syllables.substr(0, syllables.find(' ')));
      syllables.remove_prefix(std::min(readings.back().size() + 1, syllables.size()));
    }
    surnames.emplace_back(ToUtf32(name), std::move(readings));
  });
  return surnames;
}

}  // namespace

const Readings& ReadingsOf(char32_t c) {
  static const Syllables syllables = MakeSyllables();
  static const Readings none;
  if (c < 0x3400) return none;
  const auto at = syllables.find(c);
  return at == syllables.end() ? none : at->second;
}

std::vector<Readings> ReadingsOfName(std::u32string_view name) {
  static const std::vector<Surname> surnames = MakeSurnames();
  std::vector<Readings> readings;
  readings.reserve(name.size());
  for (const char32_t c : name) readings.push_back(ReadingsOf(c));
  for (const auto& [surname, syllables] : surnames) {
    if (!name.starts_with(surname)) continue;
    for (size_t i = 0; i < surname.size(); ++i) {
      const auto& known = readings[i];
      if (std::find(known.begin(), known.end(), syllables[i]) == known.end())
        readings[i].push_back(syllables[i]);
    }
  }
  return readings;
}

}  // namespace crm::text
