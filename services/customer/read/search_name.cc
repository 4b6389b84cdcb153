#include "services/customer/read/search_name.h"

#include <algorithm>

#include "libs/text/fold.h"

namespace crm::customer {
namespace {

constexpr size_t kWordsMax = 50;

bool IsLetter(char32_t c) { return c >= 'a' && c <= 'z'; }

bool StartsWith(std::u32string_view text, std::string_view start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin());
}
bool StartsWith(std::string_view text, std::u32string_view start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin());
}

}  // namespace

std::u32string Comparable(std::string_view text) {
  std::u32string comparable;
  bool apart = false;
  for (const char32_t c : text::Fold(text)) {
    if (!text::IsWordCharacter(c)) {
      apart = !comparable.empty();
      continue;
    }
    if (apart && !text::IsIdeograph(comparable.back()) && !text::IsIdeograph(c))
      comparable.push_back(U' ');
    comparable.push_back(c);
    apart = false;
  }
  return comparable;
}

std::vector<Word> WordsOf(std::u32string_view folded) {
  std::vector<Word> words;
  for (size_t begin = 0; begin < folded.size() && words.size() < kWordsMax;) {
    if (!text::IsWordCharacter(folded[begin])) {
      ++begin;
      continue;
    }
    const bool ideographs = text::IsIdeograph(folded[begin]);
    size_t end = begin;
    while (end < folded.size() && text::IsWordCharacter(folded[end]) &&
           text::IsIdeograph(folded[end]) == ideographs)
      ++end;
    words.push_back({std::u32string(folded.substr(begin, end - begin)), begin, ideographs});
    begin = end;
  }
  return words;
}

std::u32string LettersOf(std::u32string_view comparable) {
  std::u32string letters;
  for (const char32_t c : comparable) {
    if (c == U' ') continue;
    if (!IsLetter(c)) return {};
    letters.push_back(c);
  }
  return letters;
}

SearchName::SearchName(std::string_view display_name, bool spoken)
    : text_(Comparable(display_name)), words_(WordsOf(text_)) {
  if (spoken) readings_ = text::ReadingsOfName(text_);
}

Meeting SearchName::Begins(std::u32string_view query) const {
  if (text_ == query) return Meeting::kWhole;
  if (text_.starts_with(query)) return Meeting::kStart;
  const std::u32string letters = LettersOf(query);
  size_t end = 0;
  if (letters.empty() || readings_.empty()) return Meeting::kNone;
  const Meeting spoken = Spoken(0, letters, end);
  return spoken == Meeting::kWhole && end < text_.size() ? Meeting::kStart : spoken;
}

Meeting SearchName::Has(const Word& word) const {
  if (word.ideographs)
    return text_.find(word.text) == std::u32string::npos ? Meeting::kNone : Meeting::kWhole;
  Meeting closest = Meeting::kNone;
  for (const Word& own : words_) {
    if (own.ideographs || !own.text.starts_with(word.text)) continue;
    closest =
        std::max(closest, own.text.size() == word.text.size() ? Meeting::kWhole : Meeting::kStart);
  }
  const std::u32string letters = LettersOf(word.text);
  for (size_t at = 0; at < readings_.size() && !letters.empty(); ++at) {
    if (closest == Meeting::kWhole) break;
    size_t end = 0;
    closest = std::max(closest, Spoken(at, letters, end));
  }
  return closest;
}

Meeting SearchName::Spoken(size_t at, std::u32string_view letters, size_t& end) const {
  Meeting closest = HasInitials(at, letters) ? Meeting::kStart : Meeting::kNone;
  // How many of the letters are spoken when a character begins: several ways may lead there.
  std::vector<size_t> spoken = {0}, next;
  for (; at < readings_.size() && !spoken.empty(); ++at, spoken.swap(next)) {
    next.clear();
    for (const size_t done : spoken) {
      const std::u32string_view rest = letters.substr(done);
      for (const std::string_view syllable : readings_[at]) {
        if (StartsWith(rest, syllable) && rest.size() > syllable.size()) {
          next.push_back(done + syllable.size());
        } else if (StartsWith(syllable, rest)) {
          const bool whole = rest.size() == syllable.size();
          if (whole) end = std::max(end, at + 1);
          closest = std::max(closest, whole ? Meeting::kWhole : Meeting::kStart);
        }
      }
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
  }
  return closest;
}

bool SearchName::HasInitials(size_t at, std::u32string_view letters) const {
  if (letters.size() > readings_.size() - at) return false;
  for (size_t i = 0; i < letters.size(); ++i) {
    const text::Readings& readings = readings_[at + i];
    if (std::none_of(readings.begin(), readings.end(), [&](std::string_view syllable) {
          return static_cast<char32_t>(syllable.front()) == letters[i];
        }))
      return false;
  }
  return true;
}

}  // namespace crm::customer
