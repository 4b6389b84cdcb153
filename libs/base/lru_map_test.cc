#include "libs/base/lru_map.h"

#include "gtest/gtest.h"

namespace crm::base {
namespace {

TEST(LruMap, KnowsWhatWasUsedLongestAgo) {
  LruMap<int> map;
  EXPECT_EQ(map.Oldest(), nullptr);
  map.Add("a", 1);
  map.Add("b", 2);
  map.Add("c", 3);
  EXPECT_EQ(map.Oldest()->key, "a");
  EXPECT_EQ(*map.Find("a"), 1);
  EXPECT_EQ(map.Oldest()->key, "b");
  *map.Find("b") = 20;
  EXPECT_EQ(map.Oldest()->key, "c");
  EXPECT_EQ(*map.Find("b"), 20);
  EXPECT_EQ(map.Find("d"), nullptr);
}

TEST(LruMap, WhatIsUsedAgainAndAgainStays) {
  LruMap<int> map;
  for (int i = 0; i < 40; ++i) map.Add(std::to_string(i), i);
  for (int i = 40; i < 400; ++i) {
    EXPECT_NE(map.Find("7"), nullptr) << i;
    map.Erase(map.Oldest()->key);
    map.Add(std::to_string(i), i);
  }
  EXPECT_EQ(map.size(), 40u);
}

TEST(LruMap, ForgetsWhatIsErased) {
  LruMap<int> map;
  map.Add("a", 1);
  map.Add("b", 2);
  map.Erase(map.Oldest()->key);
  EXPECT_EQ(map.Find("a"), nullptr);
  EXPECT_EQ(map.size(), 1u);
  map.Add("a", 3);
  EXPECT_EQ(*map.Find("a"), 3);
  map.Erase("b");
  map.Erase("a");
  EXPECT_EQ(map.Oldest(), nullptr);
}

}  // namespace
}  // namespace crm::base
