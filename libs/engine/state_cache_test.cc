#include "libs/engine/state_cache.h"

#include <string>

#include "crm/enginetest/v1/account.pb.h"
#include "gtest/gtest.h"

namespace crm::engine {
namespace {

Loaded State(const std::string& name, int64_t revision) {
  auto account = std::make_shared<enginetest::v1::Account>();
  account->set_name(name);
  return {std::move(account), revision};
}

TEST(StateCache, GivesWhatWasPutLast) {
  StateCache cache(1 << 20);
  EXPECT_EQ(cache.Find("accounts/a"), nullptr);
  cache.Put("accounts/a", State("accounts/a", 1), 10);
  cache.Put("accounts/a", State("accounts/a", 2), 10);
  ASSERT_NE(cache.Find("accounts/a"), nullptr);
  EXPECT_EQ(cache.Find("accounts/a")->revision, 2);
}

TEST(StateCache, NeverTakesMoreThanItsRoom) {
  constexpr size_t kRoom = 100'000;
  StateCache cache(kRoom);
  for (int i = 0; i < 1'000; ++i) {
    cache.Put("accounts/" + std::to_string(i), State("", i), 100);
    cache.Put("accounts/0", State("", 0), 200);
  }
  int kept = 0;
  for (int i = 0; i < 1'000; ++i)
    kept += cache.Find("accounts/" + std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_GT(kept, 10);
  EXPECT_LT(kept * 1'000, static_cast<int>(kRoom));
  EXPECT_NE(cache.Find("accounts/0"), nullptr);
  // One that is larger than all the room is not kept, and leaves a cache that works.
  cache.Put("accounts/large", State("", 1), kRoom);
  EXPECT_EQ(cache.Find("accounts/large"), nullptr);
  cache.Put("accounts/b", State("", 1), 10);
  EXPECT_NE(cache.Find("accounts/b"), nullptr);
}

}  // namespace
}  // namespace crm::engine
