// Finds at least as many of Febrl's duplicates as splink does in the same run, by the same fields
// and blocking rules, parameters learnt by each from the data alone.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "libs/linkage/febrl_testing.h"

namespace crm::linkage {
namespace {

std::string Ask(const std::string& arguments) {
  const std::string command =
      std::string(CRM_TEST_PYTHON) + " " + CRM_FEBRL_ORACLE + " " + arguments;
  std::string answer;
  FILE* oracle = popen(command.c_str(), "r");
  if (oracle == nullptr) return answer;
  char bytes[4096];
  while (const size_t size = std::fread(bytes, 1, sizeof(bytes), oracle))
    answer.append(bytes, size);
  EXPECT_EQ(pclose(oracle), 0) << command;
  return answer;
}

std::string TextOf(const FebrlRules& rules) {
  std::string text;
  for (const auto& rule : rules) {
    if (!text.empty()) text += ',';
    for (size_t i = 0; i < rule.size(); ++i) text += (i > 0 ? "+" : "") + rule[i];
  }
  return text;
}

std::string TextOf(const std::vector<FebrlField>& fields) {
  std::string text;
  for (const auto& [name, field] : fields) {
    if (!text.empty()) text += ',';
    text += name + ":";
    if (field.method == Method::kJaroWinkler) text += field.term_frequency ? "name" : "text";
    if (field.method == Method::kDamerauLevenshtein)
      text += "edits" + std::to_string(field.levels.size() - 2);
    if (field.method == Method::kExact) text += "exact";
  }
  return text;
}

struct Answer {
  std::vector<std::string> files;
  std::map<std::string, int64_t> counts;

  double F1() const {
    return 2 * static_cast<double>(counts.at("right")) /
           static_cast<double>(counts.at("same") + counts.at("found"));
  }
};

// A line: files, then words "key=value".
Answer Parse(const std::string& line) {
  Answer answer;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) {
      answer.files.push_back(word);
    } else {
      answer.counts[word.substr(0, equals)] = std::stoll(word.substr(equals + 1));
    }
  }
  return answer;
}

TEST(Febrl, FindsAtLeastWhatSplinkFinds) {
  std::string folder = Ask("--data");
  folder.erase(folder.find_last_not_of('\n') + 1);
  std::istringstream lines(Ask(TextOf(FebrlFields()) + " " + TextOf(FebrlRulesToFind()) + " " +
                               TextOf(FebrlRulesToTrain())));
  int sets = 0;
  for (std::string line; std::getline(lines, line); ++sets) {
    const Answer splink = Parse(line);
    std::vector<std::string> paths;
    for (const std::string& file : splink.files) paths.push_back(folder + "/" + file);
    const FebrlOutcome ours = LinkFebrl(paths);
    EXPECT_EQ(ours.same, splink.counts.at("same")) << line;
    EXPECT_GE(ours.F1(), splink.F1()) << line;
    EXPECT_GE(ours.right, ours.found * 999 / 1000) << line;
    std::printf(
        "%-28s F1 %.4f, splink %.4f; found %ld, right %ld of %ld; compared %ld, together %ld\n",
        splink.files.front().c_str(), ours.F1(), splink.F1(), ours.found, ours.right, ours.same,
        ours.compared, ours.together);
  }
  EXPECT_EQ(sets, 4);
}

}  // namespace
}  // namespace crm::linkage
