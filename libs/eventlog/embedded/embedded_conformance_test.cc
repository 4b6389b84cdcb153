#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <memory>

#include "libs/eventlog/conformance.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/testing/temp_directory.h"

namespace crm::eventlog {
namespace {

LogUnderTest InMemory() {
  // The log lives in the Env, which the factory keeps.
  const std::shared_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  LogUnderTest log;
  log.open = [env]() -> std::unique_ptr<EventLog> {
    auto opened = EmbeddedLog::Open({.path = "/log", .env = env.get()});
    EXPECT_TRUE(opened.ok()) << opened.status();
    return std::move(opened).value();
  };
  return log;
}

// The same on the machine's disk, gone after the test.
LogUnderTest OnDisk() {
  const auto directory = std::make_shared<crm::testing::TempDirectory>("embedded-log-test");
  LogUnderTest log;
  log.open = [directory]() -> std::unique_ptr<EventLog> {
    auto opened = EmbeddedLog::Open({.path = directory->path()});
    EXPECT_TRUE(opened.ok()) << opened.status();
    return std::move(opened).value();
  };
  return log;
}

INSTANTIATE_TEST_SUITE_P(EmbeddedInMemory, EventLogConformance,
                         ::testing::Values(LogFactory(InMemory)));
INSTANTIATE_TEST_SUITE_P(EmbeddedOnDisk, EventLogConformance,
                         ::testing::Values(LogFactory(OnDisk)));
// One process at a time: a second one is refused.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogSharing);

}  // namespace
}  // namespace crm::eventlog
