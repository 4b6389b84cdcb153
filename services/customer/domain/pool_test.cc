#include "services/customer/domain/pool.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/seed.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

// FixedContext is on 2026-03-02 10:00 UTC: 3 o'clock is tomorrow, 1772506800.
const std::string kRule = "recycle_rules { id: 'old' display_name: 'Old' untouched_days: 30 } ";
const std::string kNext = "next_sweep_time { seconds: 1772506800 } ";
const std::string kMade =
    "created { pool { display_name: 'North' sweep_hour: 3 " + kRule + kNext + "} }";
const std::string kSweep =
    "sweep { number: 1 sweep_time { seconds: 1772445600 } business_date { year: 2026 month: 3 "
    "day: 2 } ";
const std::string kSwept = "swept { " + kSweep + "} " + kRule + kNext + "}";

TEST(CreatePool, Rules) {
  const std::string named = "pool { display_name: 'North' ";
  CheckDecisions<PoolModel, v1::CreatePoolRequest>({
      {"without a rule nobody looks", {}, named + "}", "created { " + named + "} }"},
      {"with one it is looked at once a day", {}, named + "sweep_hour: 3 " + kRule + "}", kMade},
      {"a rule can go by age alone",
       {},
       named + "sweep_hour: 3 recycle_rules { id: 'a' display_name: 'A' created_days: 90 } }",
       "created { " + named +
           "sweep_hour: 3 recycle_rules { id: 'a' display_name: 'A' created_days: 90 } " + kNext +
           "} }"},
      {"or by status alone",
       {},
       named +
           "sweep_hour: 3 recycle_rules { id: 'a' display_name: 'A' statuses: CUSTOMER_STATUS_LOST "
           "} }",
       "created { " + named +
           "sweep_hour: 3 recycle_rules { id: 'a' display_name: 'A' statuses: CUSTOMER_STATUS_LOST "
           "} " +
           kNext + "} }"},
      {"nobody looks for a rule that does not count",
       {},
       named + "recycle_rules { id: 'a' display_name: 'A' untouched_days: 1 disabled: true } }",
       "created { " + named +
           "recycle_rules { id: 'a' display_name: 'A' untouched_days: 1 disabled: true } } }"},
      {"nobody looks while it is paused",
       {},
       named + "paused: true " + kRule + "}",
       "created { " + named + "paused: true " + kRule + "} }"},
  });
}

TEST(CreatePool, RefusesBadShapesByTheirField) {
  const auto refuses = [](const std::string& text, const std::string& field) {
    CheckDecisions<PoolModel, v1::CreatePoolRequest>(
        {{field, {}, "pool { display_name: 'N' " + text + " }", "!field:pool." + field}});
  };
  CheckDecisions<PoolModel, v1::CreatePoolRequest>(
      {{"no name", {}, "pool { display_name: ' ' }", "!field:pool.display_name"}});
  refuses("rank: -1", "rank");
  refuses("capacity: -1", "capacity");
  refuses("sweep_hour: 24", "sweep_hour");
  refuses("admins: 'bob'", "admins[0]");
  refuses("admins: 'staff/bob' admins: 'staff/bob'", "admins[1]");
  refuses("capacity_exempt_staff: ''", "capacity_exempt_staff[0]");
  refuses("hidden_fields: 'personal.colour'", "hidden_fields[0]");
  refuses("hidden_fields: 'personal.phones.x'", "hidden_fields[0]");
  refuses("scope { branches: 'branches/north' }", "scope.branches[0]");
  refuses("scope { regions: ' ' }", "scope.regions[0]");
  refuses("scope { kinds: CUSTOMER_KIND_UNSPECIFIED }", "scope.kinds[0]");
  refuses("pick_rule { daily_limit: -1 }", "pick_rule.daily_limit");
  refuses("pick_rule { former_owner_days: 3661 }", "pick_rule.former_owner_days");
  refuses("pick_rule { new_data_days: -1 }", "pick_rule.new_data_days");
  refuses("pick_rule { teams: 'red' }", "pick_rule.teams[0]");
  refuses("recycle_rules { display_name: 'X' untouched_days: 1 }", "recycle_rules[0].id");
  refuses("recycle_rules { id: 'x' untouched_days: 1 }", "recycle_rules[0].display_name");
  refuses("recycle_rules { id: 'x' display_name: 'X' }", "recycle_rules[0].untouched_days");
  refuses("recycle_rules { id: 'x' display_name: 'X' untouched_days: -1 created_days: 1 }",
          "recycle_rules[0].untouched_days");
  refuses("recycle_rules { id: 'x' display_name: 'X' untouched_days: 1 created_days: -1 }",
          "recycle_rules[0].created_days");
  refuses(
      "recycle_rules { id: 'x' display_name: 'X' untouched_days: 1 "
      "statuses: CUSTOMER_STATUS_ERASED }",
      "recycle_rules[0].statuses[0]");
  refuses(
      "recycle_rules { id: 'x' display_name: 'X' untouched_days: 1 } "
      "recycle_rules { id: 'x' display_name: 'X' untouched_days: 2 }",
      "recycle_rules[1].id");
}

TEST(UpdatePool, Rules) {
  CheckDecisions<PoolModel, v1::UpdatePoolRequest>({
      {"changes what differs",
       {kMade},
       "pool { capacity: 50 }",
       "updated { changed { paths: 'capacity' } pool { capacity: 50 } " + kNext + "}"},
      {"nobody looks once it is paused",
       {kMade},
       "pool { paused: true }",
       "updated { changed { paths: 'paused' } pool { paused: true } }"},
      {"is quiet when it is so already", {kMade}, "pool { display_name: 'North' }", ""},
      {"refuses a bad shape", {kMade}, "pool { capacity: -1 }", "!field:pool.capacity"},
  });
  const v1::Pool paused =
      Given<PoolModel>({kMade, "updated { changed { paths: 'paused' } pool { paused: true } }"});
  EXPECT_FALSE(PoolModel::NextDue(paused).has_value());
}

TEST(SweepPool, Rules) {
  CheckDecisions<PoolModel, v1::SweepPoolRequest>({
      {"looks now", {kMade}, "", kSwept},
      {"is never quiet: whoever asks wants a look now",
       {kMade, kSwept},
       "",
       "swept { sweep { number: 2 sweep_time { seconds: 1772445600 } business_date { year: 2026 "
       "month: 3 day: 2 } } " +
           kRule + kNext + "}"},
      {"refuses while it is paused",
       {kMade, "updated { changed { paths: 'paused' } pool { paused: true } }"},
       "",
       "!POOL_PAUSED"},
  });
}

TEST(CheckPool, IsDueOnceADay) {
  engine::Context context = FixedContext<PoolModel>();
  CheckDecisions<PoolModel, v1::CheckPoolRequest>({{"not before", {kMade}, "", ""}}, context);
  EXPECT_EQ(PoolModel::NextDue(Given<PoolModel>({kMade})), absl::FromUnixSeconds(1772506800));
  context.time = absl::FromUnixSeconds(1772506800);
  context.business_date = absl::CivilDay(2026, 3, 3);
  CheckDecisions<PoolModel, v1::CheckPoolRequest>(
      {{"then",
        {kMade},
        "",
        "swept { sweep { number: 1 sweep_time { seconds: 1772506800 } business_date { year: 2026 "
        "month: 3 day: 3 } } " +
            kRule + "next_sweep_time { seconds: 1772593200 } }"},
       {"and not when nothing counts", {"created { pool { display_name: 'N' } }"}, "", ""}},
      context);
}

TEST(ContinueSweep, Rules) {
  const std::string goes_on =
      "sweep_continued { " + kSweep + "told_through: 'customers/b' } " + kRule + "}";
  CheckDecisions<PoolModel, v1::ContinueSweepRequest>({
      {"goes on", {kMade, kSwept}, "number: 1 told_through: 'customers/b'", goes_on},
      {"is quiet when it has come that far",
       {kMade, kSwept, goes_on},
       "number: 1 told_through: 'customers/b'",
       ""},
      {"is quiet when another look has begun",
       {kMade, kSwept},
       "number: 2 told_through: 'customers/b'",
       ""},
  });
}

TEST(SeedPools, IsAPoolThatTakesNothingFromAnybody) {
  const engine::Commands commands = SeedPools();
  ASSERT_EQ(commands.size(), 1u);
  const auto& create = static_cast<const v1::CreatePoolRequest&>(*commands[0]);
  const auto made = PoolModel::Decide({}, create, FixedContext<PoolModel>());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_FALSE((*made)->created().pool().has_next_sweep_time());
  EXPECT_TRUE((*made)->created().pool().takes_unowned());
}

}  // namespace
}  // namespace crm::customer
