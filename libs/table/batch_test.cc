#include "libs/table/batch.h"

#include <map>
#include <random>

#include "gmock/gmock.h"
#include "libs/table/table_testing.h"

namespace crm::table::testdata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using BatchTest = TableTest;

std::vector<std::string> NamesOf(const Snapshot& rows, std::string_view index,
                                 const auto&... prefix) {
  std::vector<std::string> names;
  rows.Scan(
      kGadgets, index,
      [&](const Gadget& gadget) {
        names.push_back(gadget.name().substr(gadget.name().rfind('/') + 1));
        return true;
      },
      prefix...);
  return names;
}

Gadget Owned(const std::string& id, const std::string& owner, Stage stage = STAGE_OPEN) {
  Gadget gadget = MakeGadget("c1", id);
  gadget.set_owner(owner);
  gadget.set_stage(stage);
  return gadget;
}

TEST_F(BatchTest, ReadsItsOwnWritesAndNobodyElseDoesBeforeCommit) {
  Commit({Owned("a", "ann")});
  Batch batch(*db_);
  batch.Put(gadgets(), Owned("b", "ann"), 7);
  batch.Put(kGadgets, Owned("a", "bob"));
  EXPECT_THAT(NamesOf(batch, "by_owner", "ann"), ElementsAre("b"));
  EXPECT_THAT(NamesOf(batch, "by_owner", "bob"), ElementsAre("a"));
  EXPECT_THAT(NamesOf(batch, ""), ElementsAre("a", "b"));
  EXPECT_EQ((**batch.GetStored(gadgets(), {"customers/c1/gadgets/b"})).revision, 7);
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_owner", "ann"), ElementsAre("a"));
  EXPECT_FALSE((*db_->GetStored("gadgets", {"customers/c1/gadgets/b"})).has_value());
  const ReadView before(*db_);
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_TRUE(batch.empty());
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_owner", "ann"), ElementsAre("b"));
  EXPECT_THAT(NamesOf(before, "by_owner", "ann"), ElementsAre("a"));
  const auto stored = db_->GetStored("gadgets", {"customers/c1/gadgets/b"});
  ASSERT_TRUE(stored.ok() && stored->has_value());
  EXPECT_EQ((*stored)->revision, 7);
  EXPECT_EQ((*stored)->bytes, Owned("b", "ann").SerializeAsString());
}

TEST_F(BatchTest, ReplaceMovesEntriesAsPutDoes) {
  Batch batch(*db_);
  batch.Replace(gadgets(), nullptr, Owned("a", "ann"), 1);
  EXPECT_THAT(NamesOf(batch, "by_owner", "ann"), ElementsAre("a"));
  ASSERT_TRUE(batch.Commit().ok());
  const Gadget before = Owned("a", "ann");
  batch.Replace(gadgets(), &before, Owned("a", "bob"), 2);
  EXPECT_THAT(NamesOf(batch, "by_owner", "ann"), IsEmpty());
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_owner", "ann"), IsEmpty());
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_owner", "bob"), ElementsAre("a"));
  const std::string replaced = *db_->Digest({});
  batch.Put(gadgets(), Owned("a", "bob"), 2);
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_EQ(*db_->Digest({}), replaced);
}

TEST_F(BatchTest, ClearForgets) {
  Batch batch(*db_);
  batch.Put(kGadgets, Owned("a", "ann"));
  batch.PutRaw(kPositions, "x", "1");
  EXPECT_GT(batch.bytes(), 0u);
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0u);
  EXPECT_FALSE(batch.Get(kGadgets, Owned("a", "").name()).has_value());
  EXPECT_TRUE(batch.Commit().ok());
  EXPECT_THAT(NamesOf(ReadView(*db_), ""), IsEmpty());
}

TEST_F(BatchTest, ARepeatedFieldFansOutInPairsAndOnceForEqualElements) {
  Gadget gadget = Owned("a", "ann");
  for (const auto& [system, id] : {std::pair("erp", "1"), {"shop", "2"}, {"erp", "1"}}) {
    Alias* alias = gadget.add_aliases();
    alias->set_system(system);
    alias->set_id(id);
  }
  Batch batch(*db_);
  batch.Put(kGadgets, gadget);
  EXPECT_THAT(NamesOf(batch, "by_alias", "erp"), ElementsAre("a"));
  EXPECT_THAT(NamesOf(batch, "by_alias", "erp", "1"), ElementsAre("a"));
  EXPECT_THAT(NamesOf(batch, "by_alias", "erp", "2"), IsEmpty());
  ASSERT_TRUE(batch.Commit().ok());
  gadget.mutable_aliases()->DeleteSubrange(1, 2);
  gadget.mutable_aliases(0)->set_id("3");
  batch.Put(kGadgets, gadget);
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_alias", "erp", "1"), IsEmpty());
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_alias", "shop"), IsEmpty());
  EXPECT_THAT(NamesOf(ReadView(*db_), "by_alias"), ElementsAre("a"));
}

TEST_F(BatchTest, AScanByABeginningReadsWhatBeginsSo) {
  Commit({Owned("a", "ann"), Owned("b", "an"), Owned("c", "ao"), Owned("d", "\xE4\xB8\xAD"),
          Owned("e", "\xE4\xB8\xAE"), Owned("f", std::string("an\0x", 4)), Owned("g", "")});
  Batch batch(*db_);
  batch.Put(kGadgets, Owned("h", "anna"));
  batch.Delete(kGadgets, Owned("b", "").name());
  const auto all = [&](const Snapshot& rows, const std::string& start) {
    return NamesOf(rows, "by_owner", StartsWith{start});
  };
  EXPECT_THAT(all(batch, "an"), ElementsAre("f", "a", "h"));
  EXPECT_THAT(all(batch, std::string("an\0", 3)), ElementsAre("f"));
  EXPECT_THAT(all(batch, "ann"), ElementsAre("a", "h"));
  EXPECT_THAT(all(batch, "anne"), IsEmpty());
  EXPECT_THAT(all(batch, "\xE4\xB8"), ElementsAre("d", "e"));
  EXPECT_THAT(all(batch, ""), ElementsAre("g", "f", "a", "h", "c", "d", "e"));
  const ReadView view(*db_);
  EXPECT_THAT(all(view, "an"), ElementsAre("b", "f", "a"));
  EXPECT_EQ(view.rows_scanned(), 3);
  EXPECT_THAT(NamesOf(view, "by_alias", "erp", StartsWith{"4"}), IsEmpty());
}

TEST_F(BatchTest, AScanFromBehindAPlaceGoesOnThere) {
  std::vector<Gadget> gadgets;
  for (int i = 0; i < 40; ++i) {
    Gadget gadget = Owned("g" + std::to_string(i), i % 3 == 0 ? "ann" : "bob",
                          i % 2 == 0 ? STAGE_OPEN : STAGE_WON);
    gadget.mutable_close_time()->set_seconds(1'000 + i / 4);
    gadgets.push_back(gadget);
  }
  Commit(gadgets);
  Batch batch(*db_);
  batch.Delete(kGadgets, gadgets[7].name());  // Its place is still one.
  batch.Put(kGadgets, Owned("h", "bob"));
  const ReadView view(*db_);
  for (const Snapshot* rows :
       {static_cast<const Snapshot*>(&batch), static_cast<const Snapshot*>(&view)}) {
    for (const char* index : {"", "by_owner", "by_customer"}) {
      for (const Gadget& after : gadgets) {
        std::vector<std::string> expected, behind;
        bool passed = false;
        rows->Scan(kGadgets, index, [&](const Gadget& gadget) {
          if (passed) expected.push_back(gadget.name());
          passed = passed || gadget.name() == after.name();
          return true;
        });
        if (!passed) continue;
        rows->ScanAfter(kGadgets, index, after, [&](const Gadget& gadget) {
          behind.push_back(gadget.name());
          return true;
        });
        EXPECT_EQ(behind, expected) << index << " behind " << after.name();
      }
    }
  }
  // Only what has the prefix, also when the place lies before it or behind it.
  const auto bobs = [&](const Gadget& after) {
    int count = 0;
    view.ScanAfter(
        kGadgets, "by_owner", after,
        [&](const Gadget& gadget) {
          EXPECT_EQ(gadget.owner(), "bob");
          ++count;
          return true;
        },
        "bob");
    return count;
  };
  EXPECT_EQ(bobs(Owned("x", "ann")), 26);
  EXPECT_EQ(bobs(Owned("x", "cid")), 0);
  const int64_t before = view.rows_scanned();
  view.ScanAfter(
      kGadgets, "by_owner", gadgets[4], [](const Gadget&) { return false; }, "bob");
  EXPECT_EQ(view.rows_scanned(), before + 1);
}

TEST_F(BatchTest, TheVisitorMayWriteToWhatItScans) {
  Commit({Owned("a", "ann"), Owned("b", "ann"), Owned("c", "ann"), Owned("e", "ann")});
  Batch batch(*db_);
  std::vector<std::string> seen;
  batch.Scan(kGadgets, "", [&](const Gadget& gadget) {
    const std::string id = gadget.name().substr(gadget.name().size() - 1);
    seen.push_back(id);
    batch.Delete(kGadgets, gadget.name());
    if (id == "a") {
      batch.Delete(kGadgets, Owned("c", "").name());
      batch.Put(kGadgets, Owned("d", "bob"));
      batch.Put(kGadgets, Owned("0", "bob"));
    }
    return true;
  });
  EXPECT_THAT(seen, ElementsAre("a", "b", "d", "e"));
  EXPECT_THAT(NamesOf(batch, ""), ElementsAre("0"));
  EXPECT_THAT(NamesOf(batch, "by_owner"), ElementsAre("0"));
}

TEST_F(BatchTest, RawKeysAreSeenOverTheDatabaseInOrder) {
  Batch batch(*db_);
  for (const char* key : {"a1", "a3", "b1"}) batch.PutRaw(kTimers, key, std::string("v") + key);
  batch.PutRaw(kPositions, "a2", "other space");
  ASSERT_TRUE(batch.Commit().ok());
  batch.PutRaw(kTimers, "a2", "new");
  batch.DeleteRaw(kTimers, "a1");
  const auto scan = [](const auto& source, std::string_view prefix, std::string_view from) {
    std::vector<std::string> found;
    const absl::Status status =
        source.ScanRaw(kTimers, prefix, from, [&](std::string_view key, std::string_view value) {
          found.push_back(std::string(key) + "=" + std::string(value));
          return true;
        });
    EXPECT_TRUE(status.ok());
    return found;
  };
  EXPECT_THAT(scan(batch, "a", ""), ElementsAre("a2=new", "a3=va3"));
  EXPECT_THAT(scan(batch, "", "a3"), ElementsAre("a3=va3", "b1=vb1"));
  EXPECT_THAT(scan(batch, "a", "b"), IsEmpty());
  EXPECT_THAT(scan(*db_, "a", "a2"), ElementsAre("a3=va3"));
  EXPECT_THAT(scan(ReadView(*db_), "", ""), ElementsAre("a1=va1", "a3=va3", "b1=vb1"));
  EXPECT_EQ(**batch.GetRaw(kTimers, "a2"), "new");
  EXPECT_FALSE((*batch.GetRaw(kTimers, "a1")).has_value());
  EXPECT_EQ(**db_->GetRaw(kTimers, "a1"), "va1");
  EXPECT_FALSE((*db_->GetRaw(kTimers, "a2")).has_value());
}

using BatchDeathTest = TableTest;

TEST_F(BatchDeathTest, BadUseIsABug) {
  // RocksDB has threads, which a plain fork would not take along.
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Batch batch(*db_);
  EXPECT_DEATH(batch.PutRaw('x', "k", "v"), "declared at Open");
  EXPECT_DEATH(batch.Get(kGadgets), "all the key's fields");
  EXPECT_DEATH(batch.Get(kGadgets, 5), "shape of its field: name");
  EXPECT_DEATH(batch.Get(kGadgets, StartsWith{"a"}), "all the key's fields");
  EXPECT_DEATH(NamesOf(batch, "by_owner", StartsWith{"a"}, 1), "a beginning is the last value");
  EXPECT_DEATH(NamesOf(batch, "by_owner", "a", StartsWith{"1"}), "a beginning is the last value");
  EXPECT_DEATH(NamesOf(batch, "by_nothing"), "index of this name");
  EXPECT_DEATH(batch.PutErased("gadgets", Cell()), "one of the table's");
  EXPECT_DEATH(batch.Put(Compile(kGadgets), Owned("a", "ann"), 1), "database's own");
}

// Random puts and deletes, in batches that are committed, cleared or left open, against a std::map.
class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {}

  Gadget RandomGadget() {
    Gadget gadget =
        MakeGadget("c" + std::to_string(random_() % 3), "g" + std::to_string(random_() % 12));
    gadget.set_owner(std::string(random_() % 3, 'o'));
    gadget.set_stage(static_cast<Stage>(random_() % 4));
    gadget.set_rank(static_cast<int>(random_() % 5) - 2);
    if (random_() % 3 != 0)
      gadget.mutable_close_time()->set_seconds(static_cast<int>(random_() % 5) - 2);
    if (random_() % 3 != 0) gadget.mutable_due()->set_day(static_cast<int>(random_() % 4));
    for (uint64_t i = random_() % 3; i > 0; --i)
      gadget.add_tags(std::string(1, 'a' + random_() % 3));
    return gadget;
  }
  uint64_t Next(uint64_t below) { return random_() % below; }

  std::map<std::string, Gadget> rows;

 private:
  std::mt19937_64 random_;
};

using Owner = std::string;

void CheckAgainst(const Snapshot& rows, const std::map<std::string, Gadget>& model) {
  std::vector<std::string> names, want;
  for (const auto& [name, gadget] : model) {
    want.push_back(name);
    const auto got = rows.Get(kGadgets, name);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->SerializeAsString(), gadget.SerializeAsString());
  }
  rows.Scan(kGadgets, "", [&](const Gadget& gadget) {
    names.push_back(gadget.name());
    return true;
  });
  EXPECT_EQ(names, want);

  // owner, stage, -close_time (unset last), name.
  using Entry = std::tuple<std::string, int, bool, int64_t, std::string>;
  const auto entry = [](const Gadget& gadget) {
    return Entry(gadget.owner(), gadget.stage(), !gadget.has_close_time(),
                 -gadget.close_time().seconds(), gadget.name());
  };
  std::vector<Entry> by_owner, by_owner_want;
  for (const auto& [name, gadget] : model) by_owner_want.push_back(entry(gadget));
  std::sort(by_owner_want.begin(), by_owner_want.end());
  rows.Scan(kGadgets, "by_owner", [&](const Gadget& gadget) {
    by_owner.push_back(entry(gadget));
    return true;
  });
  EXPECT_EQ(by_owner, by_owner_want);

  std::set<std::pair<std::string, std::string>> tags;
  for (const auto& [name, gadget] : model) {
    for (const std::string& tag : gadget.tags()) tags.emplace(tag, name);
  }
  std::set<std::pair<std::string, std::string>> found_tags;
  size_t entries = 0;
  for (const char* tag : {"a", "b", "c"}) {
    rows.Scan(
        kGadgets, "by_tag",
        [&](const Gadget& gadget) {
          ++entries;
          found_tags.emplace(tag, gadget.name());
          return true;
        },
        tag);
  }
  EXPECT_EQ(found_tags, tags);
  EXPECT_EQ(entries, tags.size());
}

TEST_F(BatchTest, RowsAndIndexesAgreeWithAMapWhateverIsPutAndDeleted) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    db_ = *TryOpen("/model-" + std::to_string(seed));
    Model model(seed);
    Batch batch(*db_);
    std::map<std::string, Gadget> committed;
    for (int step = 0; step < 150; ++step) {
      for (uint64_t i = model.Next(4); i > 0; --i) {
        const Gadget gadget = model.RandomGadget();
        if (model.Next(4) == 0) {
          batch.Delete(kGadgets, gadget.name());
          model.rows.erase(gadget.name());
        } else {
          const auto before = model.rows.find(gadget.name());
          if (model.Next(2) == 0) {
            batch.Put(kGadgets, gadget);
          } else {
            batch.Replace(gadgets(), before == model.rows.end() ? nullptr : &before->second, gadget,
                          0);
          }
          model.rows[gadget.name()] = gadget;
        }
      }
      if (step % 5 == 0) CheckAgainst(batch, model.rows);
      if (model.Next(6) == 0) {
        batch.Clear();
        model.rows = committed;
      } else if (model.Next(3) == 0) {
        ASSERT_TRUE(batch.Commit().ok());
        committed = model.rows;
      }
      if (model.Next(30) == 0) {
        ASSERT_TRUE(db_->Flush().ok());
      }
      if (step % 5 == 0) CheckAgainst(ReadView(*db_), committed);
      if (HasFailure()) return;
    }
    EXPECT_TRUE(batch.status().ok());
  }
}

}  // namespace
}  // namespace crm::table::testdata
