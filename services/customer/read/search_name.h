// A name as search compares it, and how what somebody typed meets it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/text/pinyin.h"

namespace crm::customer {

// Folded. Between two words is one space, whatever stood there; none beside a Chinese character nor
// at the ends.
std::u32string Comparable(std::string_view text);

// A run of letters and digits, or of ideographs.
struct Word {
  std::u32string text;
  size_t begin = 0;  // In the text it is of.
  bool ideographs = false;
};
// The words of a folded text in their order, at most 50. Of what somebody typed as it is folded,
// for there a space parts Chinese words; of a name as it is comparable.
std::vector<Word> WordsOf(std::u32string_view folded);

// The query as letters of pinyin, without the spaces; empty when it has anything else.
std::u32string LettersOf(std::u32string_view comparable);

// From the loosest to the closest.
enum class Meeting { kNone, kStart, kWhole };

class SearchName {
 public:
  // `spoken`: it may be asked for pinyin; else readings() stays empty.
  explicit SearchName(std::string_view display_name, bool spoken = true);

  // How the name begins with a comparable text: as it is written, in pinyin, or in initials of
  // pinyin (at most kStart). kWhole: that is the name.
  Meeting Begins(std::u32string_view query) const;
  // How a word of a query is in the name. kWhole: as a word, as any run of ideographs, or as whole
  // syllables of pinyin; kStart: a word begins so, or a part of the name does in pinyin or in
  // initials.
  Meeting Has(const Word& word) const;

  const std::u32string& text() const { return text_; }
  const std::vector<Word>& words() const { return words_; }
  // Of each character of text(); none for what has no pinyin.
  const std::vector<text::Readings>& readings() const { return readings_; }

 private:
  // How the name is spoken from its character `at` on; `end`: where whole syllables end at most.
  Meeting Spoken(size_t at, std::u32string_view letters, size_t& end) const;
  bool HasInitials(size_t at, std::u32string_view letters) const;

  std::u32string text_;
  std::vector<Word> words_;
  std::vector<text::Readings> readings_;
};

}  // namespace crm::customer
