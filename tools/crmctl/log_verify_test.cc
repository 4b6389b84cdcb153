// Verifying the embedded log of a stopped suite, whole and damaged.
#include "tools/crmctl/log_verify.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/match.h"
#include "libs/base/status.h"
#include "libs/eventlog/acceptance.h"
#include "tools/crmctl/failure.h"

namespace crm::crmctl {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrders[] = "crm.sales.log.v1";
constexpr char kCustomers[] = "crm.customer.log.v1";

class Verify : public ::testing::Test {
 protected:
  Verify() {
    fs::create_directories(dir_);
    Open();
    EXPECT_TRUE(log_->CreateTopic(kCustomers, 2, absl::Seconds(5)).ok());
    EXPECT_TRUE(log_->CreateTopic(kOrders, 1, absl::Seconds(5)).ok());
  }
  ~Verify() override {
    log_.reset();
    fs::remove_all(dir_);
  }

  void Open() { log_ = *eventlog::EmbeddedLog::Open({.path = dir_ + "/log"}); }
  void Append(const std::string& topic, int partition, int64_t fence, bool claim = false) {
    const std::string number = eventlog::FormatFence(fence);
    const std::string type = claim ? std::string(eventlog::kClaimType) : "some.Event";
    const auto writer = *log_->OpenWriter(topic, [] {});
    EXPECT_TRUE(writer
                    ->Append({partition,
                              0,
                              "k",
                              "the value of a record",
                              {{"ce_type", type}, {"ce_fence", number}}},
                             1)
                    .ok());
    std::vector<eventlog::Delivery> told;
    while (told.empty()) writer->Poll(told);
    EXPECT_TRUE(told[0].status.ok());
  }
  // A claim, accepted records, and one that is too late.
  void Fill(const std::string& topic, int partition) {
    Append(topic, partition, 3, /*claim=*/true);
    for (int i = 0; i < 20; ++i) Append(topic, partition, 3);
    Append(topic, partition, 2);
  }

  absl::Status Run(const std::string& topic = "") {
    std::ostringstream out;
    absl::Status status = VerifyLog({.data_dir = dir_}, topic, out);
    said_ = out.str();
    return status;
  }
  // The file of the log whose name ends so, the longest.
  fs::path Longest(const std::string& ending) {
    fs::path longest;
    for (const auto& entry : fs::directory_iterator(dir_ + "/log")) {
      if (!absl::EndsWith(entry.path().string(), ending)) continue;
      if (longest.empty() || fs::file_size(entry) > fs::file_size(longest)) longest = entry.path();
    }
    return longest;
  }
  static void Flip(const fs::path& file, int64_t at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(at);
    const char byte = static_cast<char>(stream.get() ^ 0x10);
    stream.seekp(at);
    stream.put(byte);
  }
  std::map<std::string, std::string> Bytes() {
    std::map<std::string, std::string> bytes;
    for (const auto& entry : fs::directory_iterator(dir_ + "/log")) {
      const std::string name = entry.path().filename();
      if (absl::StartsWith(name, "LOG")) continue;  // RocksDB's own diary.
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      bytes[name] = text.str();
    }
    return bytes;
  }

  const std::string dir_ = ::testing::TempDir() + "/crmctl-verify-" +
                           ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::unique_ptr<eventlog::EmbeddedLog> log_;
  std::string said_;
};

TEST_F(Verify, CountsWhatAWholeLogHolds) {
  Fill(kCustomers, 1);
  Fill(kOrders, 0);
  log_.reset();
  const auto before = Bytes();
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(said_, ContainsRegex("crm.customer.log.v1 +0 +0 +0 +0 +0 +0 +0  whole"));
  EXPECT_THAT(said_, ContainsRegex("crm.customer.log.v1 +1 +22 +1 +20 +1 +3 +[0-9]+  whole"));
  EXPECT_THAT(said_, ContainsRegex("crm.sales.log.v1 +0 +22 +1 +20 +1 +3 +[0-9]+  whole"));
  EXPECT_THAT(said_, HasSubstr("OK: 44 records in 3 partitions"));
  EXPECT_EQ(Bytes(), before) << "asking changed the log";
  ASSERT_TRUE(Run(kOrders).ok());
  EXPECT_THAT(said_, HasSubstr("OK: 22 records in 1 partitions"));
}

TEST_F(Verify, NamesTheFileThatIsDamaged) {
  Fill(kCustomers, 0);
  log_.reset();
  const fs::path file = Longest(".log");
  Flip(file, static_cast<int64_t>(fs::file_size(file)) / 2);
  const auto before = Bytes();
  const absl::Status status = Run();
  EXPECT_EQ(ExitCodeOf(status), kExitOther);
  EXPECT_THAT(Explain(status, "en"), HasSubstr("file=" + file.filename().string()));
  EXPECT_THAT(said_, Not(HasSubstr("OK")));
  EXPECT_EQ(Bytes(), before) << "the damaged log was changed";
}

// The newest records are checked when the log is opened, old ones only when they are read.
TEST_F(Verify, NamesTheRecordFromWhichOnNothingCanBeRead) {
  constexpr int kMany = 10'500;
  {
    const auto writer = *log_->OpenWriter(kCustomers, [] {});
    for (int i = 0; i < kMany; ++i) {
      ASSERT_TRUE(writer->Append({0, 0, "k", "the value of a record", {}}, 1).ok());
    }
  }
  Fill(kOrders, 0);
  log_.reset();
  Open();  // Moves the records into a table file.
  log_.reset();
  const fs::path file = Longest(".sst");
  Flip(file, 1'500);  // In the second block: the first has the log's identity, read at open.
  const absl::Status status = Run();
  EXPECT_EQ(ExitCodeOf(status), kExitOther);
  const std::string why = Explain(status, "en");
  EXPECT_THAT(why, HasSubstr("file=" + file.filename().string()));
  EXPECT_THAT(why, ContainsRegex("offset=[0-9]+ partition=0 topic=crm.customer.log.v1"));
  EXPECT_THAT(said_, ContainsRegex("crm.customer.log.v1 +0 .* cannot be read from [0-9]+ on"));
  EXPECT_THAT(said_, ContainsRegex("crm.sales.log.v1 +0 +22 +1 +20 +1 +3 +[0-9]+  whole"));
  EXPECT_THAT(said_, Not(HasSubstr("OK")));
}

TEST_F(Verify, SaysOfAHalfWrittenEndWhatItMayBe) {
  Fill(kCustomers, 0);
  const std::string copy = dir_ + "/killed";
  fs::create_directories(copy);
  fs::copy(dir_ + "/log", copy + "/log", fs::copy_options::recursive);
  log_.reset();
  fs::remove_all(dir_ + "/log");
  fs::rename(copy + "/log", dir_ + "/log");
  const fs::path file = Longest(".log");
  fs::resize_file(file, fs::file_size(file) - 5);
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(said_, HasSubstr("half written: " + file.filename().string()));
  EXPECT_THAT(said_, HasSubstr("the very last record"));
  EXPECT_THAT(said_, HasSubstr("OK: 21 records in 3 partitions"));
}

TEST_F(Verify, RefusesADirectoryInUseAndOneWithoutALog) {
  EXPECT_EQ(ExitCodeOf(Run()), kExitState);
  std::ostringstream out;
  EXPECT_EQ(ExitCodeOf(VerifyLog({.data_dir = dir_ + "/none"}, "", out)), kExitNotFound);
  EXPECT_EQ(ExitCodeOf(VerifyLog({}, "", out)), kExitUsage);
  EXPECT_EQ(ExitCodeOf(VerifyLog({.kafka = "localhost:1"}, "", out)), kExitUsage);
}

}  // namespace
}  // namespace crm::crmctl
