#include "libs/table/row_cache.h"

#include <rocksdb/env.h>

#include <atomic>
#include <deque>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/table/store.h"
#include "libs/table/table_testing.h"

namespace crm::table {
namespace {

constexpr size_t kRoomy = 1 << 20;

RowCache::Value Row(const std::string& text) { return std::make_shared<const std::string>(text); }

// What Find gives, "-" for nothing.
std::string Found(RowCache& cache, const std::string& key, RowCache::Moment moment) {
  const RowCache::Value value = cache.Find(key, moment);
  return value == nullptr ? "-" : *value;
}

void Write(RowCache& cache, const std::string& key, const std::string& value,
           RowCache::Moment moment) {
  cache.BeginWrite(key);
  cache.EndWrite(key, &value, moment);
}

TEST(RowCache, GivesWhatWasReadToThatMomentAndLaterOnes) {
  RowCache cache(kRoomy);
  cache.Fill("a", Row("old"), 10, 12);
  EXPECT_EQ(Found(cache, "a", 11), "-");
  EXPECT_EQ(Found(cache, "a", 12), "old");
  EXPECT_EQ(Found(cache, "a", RowCache::kNow), "old");
  EXPECT_EQ(Found(cache, "b", RowCache::kNow), "-");
}

TEST(RowCache, AWriteHidesTheRowAndThenRenewsIt) {
  RowCache cache(kRoomy);
  cache.Fill("a", Row("old"), 10, 10);
  cache.BeginWrite("a");
  EXPECT_EQ(Found(cache, "a", 10), "-");
  const std::string renewed = "renewed";
  cache.EndWrite("a", &renewed, 20);
  EXPECT_EQ(Found(cache, "a", 19), "-");
  EXPECT_EQ(Found(cache, "a", 20), "renewed");
}

TEST(RowCache, ADeletedRowIsGoneAndNoOldReadBringsItBack) {
  RowCache cache(kRoomy);
  cache.Fill("a", Row("old"), 10, 10);
  cache.BeginWrite("a");
  cache.EndWrite("a", nullptr, 20);
  EXPECT_EQ(Found(cache, "a", 30), "-");
  cache.Fill("a", Row("old"), 15, 15);
  EXPECT_EQ(Found(cache, "a", 30), "-");
  cache.Fill("a", Row("new"), 20, 25);
  EXPECT_EQ(Found(cache, "a", 30), "new");
}

TEST(RowCache, AReadFromBeforeAWriteIsNotTaken) {
  RowCache cache(kRoomy);
  cache.BeginWrite("a");
  cache.Fill("a", Row("old"), 10, 10);
  EXPECT_EQ(Found(cache, "a", 30), "-");
  const std::string value = "new";
  cache.EndWrite("a", &value, 20);
  cache.Fill("a", Row("old"), 10, 10);
  EXPECT_EQ(Found(cache, "a", 30), "-");
}

TEST(RowCache, OfTwoWritersAtOnceNeitherIsBelieved) {
  RowCache cache(kRoomy);
  cache.Fill("a", Row("old"), 10, 10);
  cache.BeginWrite("a");
  cache.BeginWrite("a");
  const std::string first = "first", second = "second";
  cache.EndWrite("a", &second, 21);
  EXPECT_EQ(Found(cache, "a", 30), "-");
  cache.EndWrite("a", &first, 22);
  EXPECT_EQ(Found(cache, "a", 30), "-");
  Write(cache, "a", "third", 31);
  cache.Fill("a", Row("third"), 31, 31);
  EXPECT_EQ(Found(cache, "a", 31), "third");
}

TEST(RowCache, AReadBetweenTheWritesOfTwoWritersIsNotTaken) {
  RowCache cache(kRoomy);
  cache.Fill("a", Row("old"), 10, 10);
  cache.BeginWrite("a");
  cache.BeginWrite("a");
  const std::string first = "first", second = "second";
  cache.EndWrite("a", &second, 22);
  cache.EndWrite("a", &first, 21);
  cache.Fill("a", Row("first"), 21, 21);
  EXPECT_EQ(Found(cache, "a", 30), "-");
}

TEST(RowCache, RowsThatGrowPushOthersOut) {
  constexpr size_t kRoom = 1 << 18;
  RowCache cache(kRoom);
  const std::string value(2'000, 'v');
  for (int i = 0; i < 1'000; ++i) cache.Fill(std::to_string(i), Row("v"), 10, 10);
  for (int i = 0; i < 1'000; ++i) Write(cache, std::to_string(i), value, 20);
  size_t bytes = 0;
  for (int i = 0; i < 1'000; ++i) {
    const RowCache::Value kept = cache.Find(std::to_string(i), 20);
    if (kept != nullptr) bytes += kept->size();
  }
  EXPECT_GT(bytes, kRoom / 4);
  EXPECT_LT(bytes, kRoom);
}

TEST(RowCache, NeverTakesMoreThanItsRoomAndForgetsWhatWasUsedLongestAgo) {
  constexpr size_t kRoom = 1 << 18;
  RowCache cache(kRoom);
  const std::string value(100, 'v');
  int kept = 0;
  for (int i = 0; i < 10'000; ++i) {
    cache.Fill(std::to_string(i), Row(value), 10, 10);
    EXPECT_EQ(Found(cache, "0", 10), value);
  }
  for (int i = 0; i < 10'000; ++i) kept += Found(cache, std::to_string(i), 10) == value ? 1 : 0;
  EXPECT_LT(kept, static_cast<int>(kRoom / value.size()));
  EXPECT_GT(kept, 100);
  cache.Fill("long", Row(std::string(kRoom, 'v')), 10, 10);
  EXPECT_EQ(Found(cache, "long", 10), "-");
  RowCache none(0);
  none.Fill("a", Row("a"), 10, 10);
  EXPECT_EQ(Found(none, "a", 10), "-");
}

// The store's rows through the cache, as readers on other threads see them, are those of the
// database. A small cache, so that rows come and go; writers that meet on the same keys.
TEST(RowCache, ReadersBesideWritersSeeWhatTheDatabaseHolds) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  DatabaseOptions options{.path = "/db", .env = env.get(), .row_cache_bytes = 64 * 1'000};
  Store store(options, {}, {});
  ASSERT_TRUE(store.Open().ok());
  constexpr int kKeys = 300, kWrites = 4'000;
  const auto key_of = [](uint64_t number) { return "row " + std::to_string(number % kKeys); };
  std::atomic<int> writing{2};
  const auto write = [&](int seed) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < kWrites; ++i) {
      rocksdb::WriteBatch batch;
      std::deque<std::string> texts;
      std::vector<std::pair<std::string_view, const std::string*>> rows;
      // Keys of its own and shared ones, in order and none twice.
      for (uint64_t at = random() % 7; at < kKeys; at += 1 + random() % 150) {
        const std::string& key = texts.emplace_back(key_of(at));
        const bool deleted = random() % 10 == 0;
        const std::string& value =
            texts.emplace_back(std::to_string(seed) + "/" + std::to_string(i));
        ASSERT_TRUE((deleted ? batch.Delete(key) : batch.Put(key, value)).ok());
        rows.emplace_back(key, deleted ? nullptr : &value);
      }
      ASSERT_TRUE(store.Write(batch, rows).ok());
    }
    --writing;
  };
  std::atomic<int64_t> compared{0};
  const auto read = [&](int seed) {
    std::mt19937_64 random(seed);
    while (writing > 0) {
      const rocksdb::Snapshot* snapshot = store.db().GetSnapshot();
      for (int i = 0; i < 50; ++i) {
        const std::string key = key_of(random() % 4 == 0 ? random() : random() % 20);
        const auto row = store.GetRow(snapshot, key);
        const auto held = store.Get(snapshot, key);
        ASSERT_TRUE(row.ok() && held.ok());
        ASSERT_EQ(*row != nullptr, held->has_value()) << key;
        if (held->has_value()) {
          ASSERT_EQ(**row, **held) << key;
        }
        // Without a snapshot only that it can be asked: the next one compares.
        ASSERT_TRUE(store.GetRow(nullptr, key).ok());
        ++compared;
      }
      store.db().ReleaseSnapshot(snapshot);
    }
  };
  std::vector<std::thread> threads;
  for (int seed : {1, 2}) threads.emplace_back(write, seed);
  for (int seed : {3, 4}) threads.emplace_back(read, seed);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(compared, 1'000);
  for (int i = 0; i < kKeys; ++i) {
    const auto row = store.GetRow(nullptr, key_of(i));
    const auto held = store.Get(nullptr, key_of(i));
    ASSERT_EQ(*row != nullptr, held->has_value()) << i;
    if (held->has_value()) {
      EXPECT_EQ(**row, **held) << i;
    }
  }
}

}  // namespace
}  // namespace crm::table
