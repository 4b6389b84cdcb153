#include "libs/app/settings.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "libs/testing/temp_directory.h"

namespace crm::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<Settings::Parsed> Parse(const std::vector<std::string>& flags) {
  std::vector<const char*> argv = {"service"};
  for (const std::string& flag : flags) argv.push_back(flag.c_str());
  return Settings::Parse(static_cast<int>(argv.size()), argv.data(), ServiceSettings());
}

std::string Refusal(const std::vector<std::string>& flags) {
  const auto parsed = Parse(flags);
  return parsed.ok() ? "none" : std::string(parsed.status().message());
}

struct Values {
  std::string flag;
  std::vector<std::string> taken;
  std::vector<std::string> refused;
};

const std::vector<Values>& Table() {
  static const std::vector<Values>* table = new std::vector<Values>{
      {"--listen-address",
       {"0.0.0.0:50051", "[::1]:0", "localhost:65535", "unix:/tmp/s"},
       {"", "localhost", ":1", "h:", "h:65536", "h:-1", "a b:1", "unix:"}},
      {"--admin-address", {"", "127.0.0.1:0"}, {"junk", "a:1,b:2"}},
      {"--insecure-listen", {"true", "false"}, {"", "yes", "1"}},
      {"--data-dir", {"d"}, {""}},
      {"--log", {"embedded", "kafka"}, {"", "foo"}},
      {"--kafka-brokers", {"a:1", "a:1,b:2"}, {"", "a", "a:1,", "a:1, b:2"}},
      {"--kafka-replication-factor", {"1", "100"}, {"0", "-1", "101"}},
      {"--kafka-min-insync-replicas", {"1", "100"}, {"0", "-1", "101"}},
      {"--partitions", {"1", "1000"}, {"0", "1001"}},
      {"--workers", {"1", "64"}, {"-1", "0", "65", "100000", "", "two", "1.5"}},
      {"--instance",
       {"local", "crm-0", "127.0.0.1:50051", std::string(255, 'x')},
       {"", "a b", "a/b", "\xC3\xA9", std::string(256, 'x')}},
      {"--replica-address",
       {"", "{instance}", "{instance}.crm-customer:50051"},
       {"{instanc}:1", "h:1", "{instance}:{port}", "{instance} :1"}},
      {"--absent-services",
       {"", "crm.sales.v1", "crm.sales.v1,crm.marketing.v1"},
       {",", "crm.sales.v1,", "a b", "crm.sales.v1,crm.sales.v1"}},
      {"--service-addresses",
       {"", "crm.sales.v1=h:1", "crm.sales.v1=h:1,crm.customer.v1=[::1]:2"},
       {"junk", "=h:1", "p=", "p=h", "p=h:1,", "p=h:1,p=h:2", "p q=h:1"}},
      {"--time-zone", {"UTC", "Europe/Berlin"}, {"Mars/X"}},
      {"--business-date",
       {"", "1900-01-01", "2200-12-31", "2024-02-29"},
       {"0001-01-01", "9999-12-31", "1899-12-31", "1998-02-30", "1998-2-3", " 1998-02-03"}},
      {"--reporting-currency", {"EUR"}, {"", "eur", "EURO"}},
      {"--block-cache-mib", {"1", "1048576"}, {"-5", "0", "9999999999"}},
      {"--row-cache-mib", {"0", "1048576"}, {"-5", "", "9999999999"}},
      {"--flush-seconds", {"1", "3600"}, {"0", "-1", "3601"}},
      {"--rebuild", {"true", "false"}, {"maybe"}},
      {"--drain-seconds", {"0", "3600"}, {"-1", "999999999999"}},
      {"--log-level", {"debug", "info", "warning", "error"}, {"", "loud", "INFO"}},
  };
  return *table;
}

TEST(ServiceSettings, TakeWhatIsAllowedAndRefuseTheRest) {
  ASSERT_EQ(Table().size(), ServiceSettings().size()) << "a setting has no test of its values";
  for (const Values& values : Table()) {
    for (const std::string& value : values.taken) {
      EXPECT_EQ(Refusal({values.flag, value}), "none") << values.flag << " " << value;
    }
    for (const std::string& value : values.refused) {
      EXPECT_THAT(Refusal({values.flag, value}), StartsWith(values.flag + " must be ")) << value;
      EXPECT_THAT(Refusal({"--print-config", values.flag, value}),
                  StartsWith(values.flag + " must be "))
          << value;
    }
  }
  EXPECT_EQ(Refusal({}), "none") << "every default is allowed";
}

TEST(Settings, ARefusalNamesTheSettingItsValueAndWhatIsAllowed) {
  EXPECT_EQ(Refusal({"--workers", "-1"}), "--workers must be 1 to 64, and is \"-1\"");
  EXPECT_EQ(Refusal({"--log-level", "loud"}),
            "--log-level must be debug, info, warning or error, and is \"loud\"");
  EXPECT_EQ(Refusal({"--block-cache-mib", "0"}),
            "--block-cache-mib must be 1 to 1048576, and is \"0\"");
  const Setting secret = {"token", "", "A word.", NotEmpty(), true};
  const char* argv[] = {"service"};
  EXPECT_EQ(Settings::Parse(1, argv, {secret}).status().message(),
            "--token must be some text, and is another");
}

TEST(Settings, HelpSaysWhatIsAllowed) {
  EXPECT_THAT(Parse({"--help"})->print, HasSubstr("must be 1 to 64"));
  EXPECT_THAT(Parse({"--print-config"})->print, HasSubstr("must be 1 to 64.\nworkers: \"2\""));
}

class SettingsFile : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) const {
    std::ofstream(dir_ + "/config.yaml") << text;
    return dir_ + "/config.yaml";
  }

  const crm::testing::TempDirectory directory_{"settings-test"};
  const std::string& dir_ = directory_.path();
};

TEST_F(SettingsFile, IsBeatenByTheEnvironmentAndThatByFlags) {
  const std::string file = Write("workers: 3\npartitions: 3\nflush_seconds: 3\n");
  setenv("CRM_WORKERS", "4", 1);
  setenv("CRM_PARTITIONS", "4", 1);
  const auto parsed = Parse({"--config", file, "--workers", "5"});
  unsetenv("CRM_WORKERS");
  unsetenv("CRM_PARTITIONS");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->settings.Number("workers"), 5);
  EXPECT_EQ(parsed->settings.Number("partitions"), 4);
  EXPECT_EQ(parsed->settings.Number("flush_seconds"), 3);
}

TEST_F(SettingsFile, IsRefusedWithItsNameAndTheReason) {
  EXPECT_EQ(Refusal({"--config", dir_}), absl::StrCat("--config ", dir_, ": is a directory"));
  EXPECT_EQ(Refusal({"--config", dir_ + "/nope"}),
            absl::StrCat("--config ", dir_, "/nope: No such file or directory"));
  const std::vector<std::pair<std::string, std::string>> contents = {
      {"workers: 1\nworkers: 2\n", "workers is there twice"},
      {"nonsense: 1\n", "nonsense is not the name of a setting"},
      {"{a: b}: 1\n", "a key is not the name of a setting"},
      {"workers: [1]\n", "workers is not one value"},
      {"- workers\n", "it is not a map of settings"},
      {"workers: [1\n", "yaml-cpp: error"},
  };
  for (const auto& [text, why] : contents) {
    const std::string file = Write(text);
    EXPECT_THAT(Refusal({"--config", file}), StartsWith(absl::StrCat("--config ", file, ": ", why)))
        << text;
  }
  EXPECT_EQ(Refusal({"--config", Write("workers: 65\n")}),
            "--workers must be 1 to 64, and is \"65\"");
  EXPECT_EQ(Refusal({"--config", Write("")}), "none");
}

}  // namespace
}  // namespace crm::app
