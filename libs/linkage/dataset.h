// Records in memory, to be compared with each other: values are kept once and counted. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "libs/linkage/model.h"

namespace crm::linkage {

class Dataset {
 public:
  explicit Dataset(size_t fields) : fields_(fields) {}

  // A record with the values of each field.
  void Add(const std::vector<Values>& record);
  size_t size() const { return records_; }

  Pattern PatternOf(const Model& model, size_t a, size_t b) const;
  // M of two records, with term frequencies as they are among these.
  double WeightOf(const Model& model, size_t a, size_t b) const;

 private:
  using Ids = absl::InlinedVector<uint32_t, 2>;
  struct Hash {
    size_t operator()(const std::u32string& text) const {
      return std::hash<std::u32string_view>()(text);
    }
  };
  struct Column {
    std::unordered_map<std::u32string, uint32_t, Hash> ids;
    std::vector<Value> values;    // By id.
    std::vector<int64_t> counts;  // Records that have it, by id.
    std::vector<Ids> of_records;
    int64_t known = 0;  // Records that have any.
  };

  // Of field f of `a` and field g of `b`.
  LevelNumber LevelOf(const Model& model, size_t f, size_t g, size_t a, size_t b) const;
  // How frequent the rarest value is that both have; 0: they have none.
  static double FrequencyOf(const Column& column, size_t a, size_t b);

  std::vector<Column> fields_;
  size_t records_ = 0;
};

// Pairs of numbers below `records`, a < b: all of them when there are at most `pairs`, else so many
// at random, the same for the same seed; a pair may come twice then.
void ForRandomPairs(size_t records, int64_t pairs, uint64_t seed,
                    const std::function<void(size_t a, size_t b)>& visit);

}  // namespace crm::linkage
