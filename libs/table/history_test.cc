#include <random>

#include "gmock/gmock.h"
#include "libs/table/table_testing.h"

namespace crm::table::testdata {
namespace {

using HistoryTest = TableTest;

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(seconds); }

Gadget Ranked(int rank) {
  Gadget gadget = MakeGadget("c1", "g1");
  gadget.set_rank(rank);
  return gadget;
}

int RankAt(const Database& db, int as_of, int known_at) {
  const auto stored =
      ReadView(db).GetAsOf(*db.FindTable("gadgets"), {Ranked(0).name()}, At(as_of), At(known_at));
  EXPECT_TRUE(stored.ok());
  if (!stored.ok() || !stored->has_value()) return -1;
  Gadget gadget;
  EXPECT_TRUE((*stored)->ParseTo(gadget));
  EXPECT_EQ((*stored)->revision, gadget.rank());
  return gadget.rank();
}

TEST_F(HistoryTest, TakesTheNewestNotLaterInBothTimes) {
  Batch batch(*db_);
  batch.PutHistory(gadgets(), Ranked(1), 1, At(10));
  batch.PutHistory(gadgets(), Ranked(2), 2, At(20));
  batch.PutHistory(gadgets(), Ranked(3), 3, At(12), At(30));  // Learnt late, effective early.
  batch.DeleteHistory(gadgets(), {Ranked(0).name()}, At(40), At(40));
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_EQ(RankAt(*db_, 9, 99), -1);
  EXPECT_EQ(RankAt(*db_, 10, 10), 1);
  EXPECT_EQ(RankAt(*db_, 11, 99), 1);
  EXPECT_EQ(RankAt(*db_, 15, 29), 1);
  EXPECT_EQ(RankAt(*db_, 15, 30), 3);
  EXPECT_EQ(RankAt(*db_, 25, 99), 2);
  EXPECT_EQ(RankAt(*db_, 25, 15), 1);
  EXPECT_EQ(RankAt(*db_, 40, 40), -1);
  EXPECT_EQ(RankAt(*db_, 39, 40), 2);
  EXPECT_FALSE(db_->GetStored("gadgets", {Ranked(0).name()})->has_value())
      << "the row is not touched";
  const auto latest =
      ReadView(*db_).GetAsOf(gadgets(), {Ranked(0).name()}, absl::InfiniteFuture(), At(35));
  EXPECT_TRUE(latest.ok() && latest->has_value());
  const auto none = ReadView(*db_).GetAsOf(gadgets(), {"customers/c1/gadgets/g10"},
                                           absl::InfiniteFuture(), absl::InfiniteFuture());
  EXPECT_TRUE(none.ok() && !none->has_value());
}

// Pure code reads versions by the spec, in a batch also those that are not committed yet.
TEST_F(HistoryTest, ASnapshotGivesTypedRows) {
  const auto rank_at = [](const Snapshot& snapshot, int as_of, int known_at) {
    const std::optional<Gadget> row =
        snapshot.GetAsOf(kGadgets, At(as_of), At(known_at), Ranked(0).name());
    return row.has_value() ? row->rank() : -1;
  };
  Batch batch(*db_);
  batch.PutHistory(gadgets(), Ranked(1), 1, At(10));
  batch.PutHistory(gadgets(), Ranked(2), 2, At(20));
  ASSERT_TRUE(batch.Commit().ok());
  batch.PutHistory(gadgets(), Ranked(3), 3, At(20));
  batch.PutHistory(gadgets(), Ranked(4), 4, At(30));
  EXPECT_EQ(rank_at(batch, 9, 99), -1);
  EXPECT_EQ(rank_at(batch, 19, 99), 1);
  EXPECT_EQ(rank_at(batch, 25, 99), 3);
  EXPECT_EQ(rank_at(batch, 99, 29), 3);
  EXPECT_EQ(rank_at(batch, 99, 99), 4);
  EXPECT_EQ(rank_at(ReadView(*db_), 99, 99), 2);
  EXPECT_EQ(rank_at(ReadView(*db_), 99, 19), 1);
  EXPECT_TRUE(batch.status().ok());
}

TEST_F(HistoryTest, VersionsRecordedLaterAreJumpedOver) {
  Batch batch(*db_);
  batch.PutHistory(gadgets(), Ranked(1), 1, At(10));
  for (int i = 0; i < 500; ++i) batch.PutHistory(gadgets(), Ranked(2), 2, At(10), At(1'000 + i));
  ASSERT_TRUE(batch.Commit().ok());
  const ReadView view(*db_);
  ASSERT_TRUE((*view.GetAsOf(gadgets(), {Ranked(0).name()}, At(50), At(50))).has_value());
  EXPECT_LE(view.rows_scanned(), 2);
}

TEST_F(HistoryTest, AgreesWithALinearSearch) {
  std::mt19937_64 random(5);
  Batch batch(*db_);
  std::map<std::pair<int, int>, int> versions;  // (effective, record) -> rank, -1: deleted.
  for (int i = 1; i <= 60; ++i) {
    const int effective = static_cast<int>(random() % 12), record = static_cast<int>(random() % 12);
    const bool deleted = random() % 5 == 0;
    versions[{effective, record}] = deleted ? -1 : i;
    if (deleted) {
      batch.DeleteHistory(gadgets(), {Ranked(0).name()}, At(effective), At(record));
    } else {
      batch.PutHistory(gadgets(), Ranked(i), i, At(effective), At(record));
    }
  }
  ASSERT_TRUE(batch.Commit().ok());
  for (int as_of = -1; as_of < 13; ++as_of) {
    for (int known_at = -1; known_at < 13; ++known_at) {
      int want = -1;
      for (const auto& [times, rank] : versions) {
        if (times.first <= as_of && times.second <= known_at) want = rank;
      }
      EXPECT_EQ(RankAt(*db_, as_of, known_at), want) << as_of << " known at " << known_at;
    }
  }
}

}  // namespace
}  // namespace crm::table::testdata
