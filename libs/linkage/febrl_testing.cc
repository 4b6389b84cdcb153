#include "libs/linkage/febrl_testing.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include "libs/base/check.h"
#include "libs/linkage/blocks.h"
#include "libs/linkage/dataset.h"
#include "libs/linkage/training.h"

namespace crm::linkage {
namespace {

constexpr double kFoundFrom = 0.9;
constexpr int64_t kRandomPairs = 1'000'000;
constexpr uint64_t kSeed = 1;
constexpr size_t kBlockSizeMax = 1'000;

using Person = std::map<std::string, std::string>;

struct People {
  std::vector<Person> people;
  std::vector<size_t> sources;  // Which file each is from.
  bool linked = false;          // Only those of different files are compared.
};

std::vector<std::string> CellsOf(const std::string& line) {
  std::vector<std::string> cells = {""};
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else if (c != '\r' && (c != ' ' || !cells.back().empty())) {
      cells.back() += c;
    }
  }
  for (std::string& cell : cells) cell.erase(cell.find_last_not_of(' ') + 1);
  return cells;
}

People Read(const std::vector<std::string>& paths) {
  People all;
  all.linked = paths.size() > 1;
  for (size_t source = 0; source < paths.size(); ++source) {
    std::ifstream file(paths[source]);
    std::string line;
    base::Check(static_cast<bool>(std::getline(file, line)), "the data set can be read");
    const std::vector<std::string> names = CellsOf(line);
    while (std::getline(file, line)) {
      const std::vector<std::string> cells = CellsOf(line);
      Person person;
      for (size_t i = 0; i < std::min(names.size(), cells.size()); ++i) person[names[i]] = cells[i];
      all.people.push_back(std::move(person));
      all.sources.push_back(source);
    }
  }
  return all;
}

Level At(double threshold, double m, double u) { return {.threshold = threshold, .m = m, .u = u}; }

// `partner`: the field with which people mix it up; 0: none.
Field JaroWinklerField(bool term_frequency, size_t partner = 0) {
  Field field{Method::kJaroWinkler, term_frequency, {}, partner};
  field.levels = {At(0, 0.8, 0.01), At(0.92, 0.1, 0.01), At(0.88, 0.04, 0.01), At(0.7, 0.03, 0.07)};
  if (partner > 0) field.levels.push_back({.swapped = true, .m = 0.01, .u = 1e-5});
  field.levels.push_back(At(0, 0.02, 0.9));
  return field;
}

Field EditsField(int edits) {
  if (edits == 1)
    return {Method::kDamerauLevenshtein,
            false,
            {At(0, 0.8, 0.01), At(1, 0.15, 0.05), At(0, 0.05, 0.94)}};
  return {Method::kDamerauLevenshtein,
          false,
          {At(0, 0.8, 0.01), At(1, 0.1, 0.01), At(2, 0.05, 0.08), At(0, 0.05, 0.9)}};
}

Model UntrainedModel() {
  Model model;
  model.match_rate = 1e-4;
  for (const FebrlField& field : FebrlFields()) model.fields.push_back(field.field);
  return model;
}

Dataset DatasetOf(const People& people) {
  const std::vector<FebrlField> fields = FebrlFields();
  Dataset data(fields.size());
  for (const Person& person : people.people) {
    std::vector<Values> record(fields.size());
    for (size_t f = 0; f < fields.size(); ++f) {
      const std::string& text = person.at(fields[f].name);
      if (!text.empty()) record[f].push_back({std::u32string(text.begin(), text.end()), {}});
    }
    data.Add(record);
  }
  return data;
}

Blocks BlocksBy(const FebrlRules& rules, const People& people) {
  Blocks blocks(people.people.size(), kBlockSizeMax);
  for (const auto& rule : rules) {
    std::vector<std::vector<std::string>> keys(people.people.size());
    for (size_t i = 0; i < people.people.size(); ++i) {
      std::string key;
      bool known = true;
      for (const std::string& field : rule) {
        const std::string& text = people.people[i].at(field);
        known = known && !text.empty();
        key += text + '\n';
      }
      if (known) keys[i].push_back(key);
    }
    blocks.AddRule(keys);
  }
  return blocks;
}

bool Comparable(const People& people, size_t a, size_t b) {
  return !people.linked || people.sources[a] != people.sources[b];
}

// "1496" of "rec-1496-org": the person.
std::string WhoIs(const Person& person) {
  const std::string& id = person.at("rec_id");
  return id.substr(4, id.find('-', 4) - 4);
}

// The pairs that could be compared, and of them those that are the same.
std::pair<double, int64_t> PairsOf(const People& people) {
  std::map<std::string, std::vector<size_t>> recorded;
  std::vector<double> sizes(2);
  for (size_t i = 0; i < people.people.size(); ++i) {
    recorded[WhoIs(people.people[i])].push_back(i);
    ++sizes[people.sources[i]];
  }
  int64_t same = 0;
  for (const auto& [who, records] : recorded) {
    for (size_t i = 0; i < records.size(); ++i) {
      for (size_t j = i + 1; j < records.size(); ++j)
        same += Comparable(people, records[i], records[j]) ? 1 : 0;
    }
  }
  return {people.linked ? sizes[0] * sizes[1] : sizes[0] * (sizes[0] - 1) / 2, same};
}

Model Train(const People& people, const Dataset& data, const Blocks& blocks, double all_pairs) {
  Model model = UntrainedModel();
  PatternCounts random_pairs;
  ForRandomPairs(data.size(), kRandomPairs, kSeed, [&](size_t a, size_t b) {
    if (Comparable(people, a, b)) random_pairs.Add(data.PatternOf(model, a, b));
  });
  TrainU(random_pairs, model);

  const FebrlRules rules = FebrlRulesToTrain();
  const Blocks training = BlocksBy(rules, people);
  std::vector<Session> sessions;
  for (size_t rule = 0; rule < rules.size(); ++rule) {
    Session session;
    for (const FebrlField& field : FebrlFields())
      session.blocked.push_back(std::count(rules[rule].begin(), rules[rule].end(), field.name) > 0);
    training.ForEachPairOf(rule, [&](size_t a, size_t b) {
      if (Comparable(people, a, b)) session.pairs.Add(data.PatternOf(model, a, b));
    });
    sessions.push_back(std::move(session));
  }
  TrainM(sessions, model);

  PatternCounts candidates;
  blocks.ForEachPair([&](size_t a, size_t b) {
    if (Comparable(people, a, b)) candidates.Add(data.PatternOf(model, a, b));
  });
  TrainMatchRate(candidates, all_pairs, model);
  return model;
}

}  // namespace

std::vector<FebrlField> FebrlFields() {
  return {{"given_name", JaroWinklerField(true, 1)},
          {"surname", JaroWinklerField(true)},
          {"street_number", EditsField(1)},
          {"address_1", JaroWinklerField(false, 4)},
          {"address_2", JaroWinklerField(false)},
          {"suburb", JaroWinklerField(false)},
          {"postcode", EditsField(2)},
          {"state", {Method::kExact, false, {At(0, 0.9, 0.2), At(0, 0.1, 0.8)}}},
          {"date_of_birth", EditsField(2)}};
}

FebrlRules FebrlRulesToFind() {
  return {{"given_name", "surname"},     {"date_of_birth"},
          {"surname", "postcode"},       {"given_name", "postcode"},
          {"postcode", "street_number"}, {"address_1"},
          {"suburb", "surname"},         {"suburb", "street_number"}};
}

FebrlRules FebrlRulesToTrain() {
  return {{"date_of_birth"}, {"given_name", "surname"}, {"postcode"}};
}

FebrlOutcome LinkFebrl(const std::vector<std::string>& paths) {
  const People people = Read(paths);
  const Dataset data = DatasetOf(people);
  const Blocks blocks = BlocksBy(FebrlRulesToFind(), people);
  const auto [all_pairs, same] = PairsOf(people);
  const Model model = Train(people, data, blocks, all_pairs);
  FebrlOutcome outcome;
  outcome.same = same;
  blocks.ForEachPair([&](size_t a, size_t b) {
    if (!Comparable(people, a, b)) return;
    const bool is_same = WhoIs(people.people[a]) == WhoIs(people.people[b]);
    ++outcome.compared;
    outcome.together += is_same ? 1 : 0;
    if (ProbabilityOf(data.WeightOf(model, a, b)) < kFoundFrom) return;
    ++outcome.found;
    outcome.right += is_same ? 1 : 0;
  });
  return outcome;
}

}  // namespace crm::linkage
