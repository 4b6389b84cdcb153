// The embedded log on a damaged disk: no record is wrong, missing or out of its place in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "libs/base/status.h"
#include "libs/eventlog/embedded/codec.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/embedded/embedded_testing.h"
#include "libs/eventlog/embedded/limits.h"

namespace crm::eventlog {
namespace {

using ::testing::HasSubstr;

TEST_F(EmbeddedLogTest, AGapNearTheEndIsFoundAtOpen) {
  Open(1);
  Put(0, 20, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Delete(rocksdb::WriteOptions(), RecordKey(1, 0, 7)).ok());
  });
  const absl::Status status = TryOpen().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(base::StatusText(status), HasSubstr("found=the record is missing offset=7"));
  EXPECT_THAT(base::StatusText(status), HasSubstr("directory=/log "));
}

TEST_F(EmbeddedLogTest, AnOldGapIsFoundWhenItIsRead) {
  Open(1);
  Put(0, static_cast<int>(kEmbeddedCheckedAtOpen) + 20, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Delete(rocksdb::WriteOptions(), RecordKey(1, 0, 7)).ok());
  });
  Open(1);
  std::vector<std::string> values;
  const absl::Status status = ReadAll(0, values);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(base::StatusText(status), HasSubstr("found=the record is missing offset=7"));
}

TEST_F(EmbeddedLogTest, AMissingBeginIsFoundAtOpen) {
  Open(1);
  Put(0, 20, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Delete(rocksdb::WriteOptions(), RecordKey(1, 0, 0)).ok());
  });
  EXPECT_TRUE(absl::IsDataLoss(TryOpen().status()));
}

TEST_F(EmbeddedLogTest, ARecordThatCannotBeReadIsDataLoss) {
  Open(1);
  Put(0, 3, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Put(rocksdb::WriteOptions(), RecordKey(1, 0, 1), "\xff\xff").ok());
  });
  Open(1);
  std::vector<std::string> values;
  const absl::Status status = ReadAll(0, values);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(base::StatusText(status), HasSubstr("found=the record cannot be read offset=1"));
}

TEST_F(EmbeddedLogTest, AFlippedByteIsFound) {
  for (const bool flushed : {false, true}) {
    SCOPED_TRACE(flushed);
    Open(1);
    Put(0, 1'000, "v", 200);
    if (flushed) {
      Meddle([](rocksdb::DB& db) { ASSERT_TRUE(db.Flush(rocksdb::FlushOptions()).ok()); });
    }
    log_.reset();
    const std::string file = Biggest(flushed ? ".sst" : ".log");
    ChangeFile(file, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
    auto opened = TryOpen();
    absl::Status status = opened.status();
    if (status.ok()) {
      log_ = *std::move(opened);
      std::vector<std::string> values;
      status = ReadAll(0, values);
    }
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(base::StatusText(status), HasSubstr("directory=/log "));
    log_.reset();
    ChangeFile(file, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
  }
}

TEST_F(EmbeddedLogTest, AHalfWrittenEndIsNoLoss) {
  Open(1);
  Put(0, 100, "v", 200);
  log_.reset();
  ChangeFile(Biggest(".log"),
             [](std::string& bytes) { bytes += bytes.substr(bytes.size() - 150, 100); });
  Open(1);
  std::vector<std::string> values;
  ASSERT_TRUE(ReadAll(0, values).ok());
  EXPECT_EQ(values.size(), 100u);
  Put(0, 1, "after");
}

}  // namespace
}  // namespace crm::eventlog
