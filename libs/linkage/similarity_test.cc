#include "libs/linkage/similarity.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace crm::linkage {
namespace {

std::u32string Wide(const std::string& text) { return {text.begin(), text.end()}; }

struct Published {
  const char* a;
  const char* b;
  double similarity;
};

// Porter and Winkler, Approximate String Comparison and its Effect on an Advanced Record Linkage
// System (1997), table 2, where the plain rules of 1990 give the same.
constexpr Published kPublished[] = {
    {"SHACKLEFORD", "SHACKELFORD", 0.982},
    {"DUNNINGHAM", "CUNNIGHAM", 0.896},
    {"NICHLESON", "NICHULSON", 0.956},
    {"JONES", "JOHNSON", 0.832},
    {"MASSEY", "MASSIE", 0.933},
    {"ABROMS", "ABRAMS", 0.922},
    {"JERALDINE", "GERALDINE", 0.926},
    {"MARHTA", "MARTHA", 0.961},
    {"MICHELLE", "MICHAEL", 0.921},
    {"JULIES", "JULIUS", 0.933},
    {"TANYA", "TONYA", 0.880},
    {"DWAYNE", "DUANE", 0.840},
    {"SEAN", "SUSAN", 0.805},
    {"JON", "JOHN", 0.933},
};

TEST(JaroWinkler, GivesWhatIsPublished) {
  for (const auto& [a, b, similarity] : kPublished) {
    EXPECT_NEAR(JaroWinkler(Wide(a), Wide(b)), similarity, 0.0006) << a << " " << b;
    EXPECT_DOUBLE_EQ(JaroWinkler(Wide(a), Wide(b)), JaroWinkler(Wide(b), Wide(a))) << a << " " << b;
  }
}

TEST(JaroWinkler, EmptyTexts) {
  EXPECT_EQ(JaroWinkler(U"", U""), 1);
  EXPECT_EQ(JaroWinkler(U"a", U""), 0);
  EXPECT_EQ(JaroWinkler(U"", U"a"), 0);
}

TEST(DamerauLevenshtein, CountsEachKindOfEditOnce) {
  EXPECT_EQ(DamerauLevenshtein(U"19870412", U"19870412"), 0);
  EXPECT_EQ(DamerauLevenshtein(U"19870412", U"19780412"), 1);  // Swapped.
  EXPECT_EQ(DamerauLevenshtein(U"19870412", U"1987412"), 1);   // Left out.
  EXPECT_EQ(DamerauLevenshtein(U"19870412", U"198700412"), 1);
  EXPECT_EQ(DamerauLevenshtein(U"19870412", U"19870413"), 1);
  EXPECT_EQ(DamerauLevenshtein(U"", U"abc"), 3);
  // Swapped, and something between them since: what the restricted distance counts as three.
  EXPECT_EQ(DamerauLevenshtein(U"ca", U"abc"), 2);
}

// Texts with few different characters, each a changed copy of the other, or not at all.
std::vector<std::pair<std::u32string, std::u32string>> SomePairs() {
  std::mt19937 random(7);
  const std::vector<std::u32string> alphabets = {U"ab", U"abcdefgh", U"0123456789",
                                                 U"张王李伟敏静"};
  std::vector<std::pair<std::u32string, std::u32string>> pairs;
  for (int i = 0; i < 5'000; ++i) {
    const std::u32string& alphabet = alphabets[random() % alphabets.size()];
    const auto character = [&] { return alphabet[random() % alphabet.size()]; };
    std::u32string a(random() % 14, U' ');
    for (char32_t& c : a) c = character();
    std::u32string b = a;
    for (auto edits = random() % 6; edits > 0; --edits) {
      const size_t at = b.empty() ? 0 : random() % b.size();
      switch (random() % 4) {
        case 0:
          b.insert(b.begin() + static_cast<std::ptrdiff_t>(at), character());
          break;
        case 1:
          if (!b.empty()) b.erase(at, 1);
          break;
        case 2:
          if (!b.empty()) b[at] = character();
          break;
        default:
          if (at + 1 < b.size()) std::swap(b[at], b[at + 1]);
      }
    }
    pairs.emplace_back(a, b);
  }
  return pairs;
}

std::string Utf8(const std::u32string& text) {
  std::string bytes;
  for (const char32_t c : text) {
    if (c < 0x80) {
      bytes += static_cast<char>(c);
    } else {
      bytes += static_cast<char>(0xE0 | (c >> 12));
      bytes += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
      bytes += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return bytes;
}

// Jellyfish, a package of others, in another language.
TEST(Similarity, AgreesWithAnotherImplementation) {
  const auto pairs = SomePairs();
  const std::string path = ::testing::TempDir() + "similarity_pairs.txt";
  std::ofstream file(path);
  for (const auto& [a, b] : pairs) file << Utf8(a) << '\t' << Utf8(b) << '\n';
  file.close();
  const std::string command =
      std::string(CRM_TEST_PYTHON) + " " + CRM_SIMILARITY_ORACLE + " < " + path;
  FILE* oracle = popen(command.c_str(), "r");
  ASSERT_NE(oracle, nullptr);
  size_t compared = 0;
  double similarity = 0;
  int distance = 0;
  while (compared < pairs.size() && std::fscanf(oracle, "%lf %d", &similarity, &distance) == 2) {
    const auto& [a, b] = pairs[compared++];
    // Of two empty texts everybody says what he likes.
    if (!a.empty() || !b.empty()) {
      EXPECT_NEAR(JaroWinkler(a, b), similarity, 1e-9) << Utf8(a) << " " << Utf8(b);
    }
    EXPECT_EQ(DamerauLevenshtein(a, b), distance) << Utf8(a) << " " << Utf8(b);
  }
  EXPECT_EQ(pclose(oracle), 0);
  EXPECT_EQ(compared, pairs.size());
}

}  // namespace
}  // namespace crm::linkage
