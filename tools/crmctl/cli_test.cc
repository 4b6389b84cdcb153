// Command lines, against a suite in this process.
#include "tools/crmctl/cli.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/app/process.h"
#include "libs/testing/temp_directory.h"
#include "services/customer/service.h"
#include "services/sales-pipeline/service.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/import_command.h"
#include "tools/crmctl/readiness.h"

namespace crm::crmctl {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Said {
  int exit = 0;
  std::string out;
  std::string err;
};

Said Ctl(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int exit = Run(arguments, {out, err});
  return {exit, out.str(), err.str()};
}

TEST(SortOutJson, TellsARequestFromAFlag) {
  EXPECT_THAT(SortOutJson({"o", "win", "n", "--json", "{}"}),
              ElementsAre("o", "win", "n", "--data", "{}"));
  EXPECT_THAT(SortOutJson({"--json", "@file"}), ElementsAre("--data", "@file"));
  EXPECT_THAT(SortOutJson({"get", "--json", "customers/c"}),
              ElementsAre("get", "--json", "customers/c"));
  EXPECT_THAT(SortOutJson({"get", "c", "--json"}), ElementsAre("get", "c", "--json"));
}

TEST(CommandLine, WrongOnesEndWithUsage) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{},
                                             {"nonsense"},
                                             {"customers"},
                                             {"customers", "nonsense"},
                                             {"customers", "get", "c1", "--nonsense"},
                                             {"customers", "get", "c1", "c2"},
                                             {"customers", "get", "c1", "--all"},
                                             {"customers", "update", "c1", "--set", "x"},
                                             {"call", "Nonsense"},
                                             {"call", "GetCustomer", "{"},
                                             {"pyramid", "--from", "1997-01-01"},
                                             {"pyramid", "--from", "1997", "--to", "1998-01-01"},
                                             {"import", "tickets", "x.csv"},
                                             {"import", "customers", "there-is-no-such-file.csv"},
                                             {"events", "tail"},
                                             {"log", "skip", "--topic", "t"},
                                             {"partitions", "--timeout", "0"}}) {
    const Said said = Ctl(wrong);
    EXPECT_EQ(said.exit, kExitUsage) << ::testing::PrintToString(wrong);
    EXPECT_NE(said.err, "") << ::testing::PrintToString(wrong);
    EXPECT_EQ(said.out, "") << ::testing::PrintToString(wrong);
  }
}

TEST(CommandLine, HelpAndListsNeedNoServer) {
  EXPECT_EQ(Ctl({"--help"}).exit, kExitOk);
  EXPECT_THAT(Ctl({"--help"}).out, HasSubstr("opportunities"));
  EXPECT_THAT(Ctl({"opportunities", "win", "--help"}).out, HasSubstr("--amount"));
  EXPECT_THAT(Ctl({"methods"}).out, HasSubstr("opportunities win"));
  EXPECT_THAT(Ctl({"describe", "GetCustomer"}).out, HasSubstr("message GetCustomerRequest"));
}

TEST(ProgressText, FitsATerminal) {
  EXPECT_EQ(ProgressText(0.5, 12345, absl::Seconds(10)),
            "[====================                    ]  50 %  12,345 rows  1,235 rows/s");
  EXPECT_THAT(ProgressText(7, 0, absl::ZeroDuration()), HasSubstr("100 %"));
}

TEST(WhyNotOwned, NamesThePartition) {
  engine::v1::ListPartitionsResponse partitions;
  EXPECT_NE(WhyNotOwned(partitions), "");
  auto& partition = *partitions.add_partitions();
  partition.set_topic("t");
  partition.set_role("claiming");
  EXPECT_EQ(WhyNotOwned(partitions), "partition 0 of t has no owner");
  partition.set_owner("a");
  EXPECT_EQ(WhyNotOwned(partitions), "partition 0 of t is claiming");
  partition.set_role("follower");
  EXPECT_EQ(WhyNotOwned(partitions), "");
  partition.set_stopped_reason("poison");
  EXPECT_EQ(WhyNotOwned(partitions), "partition 0 of t has stopped: poison");
  EXPECT_THAT(PartitionsText(partitions), HasSubstr("poison"));
}

TEST(WhyBehind, NamesThePartitionThatOneServiceHasReadLessFar) {
  engine::v1::ListPartitionsResponse partitions;
  EXPECT_EQ(WhyBehind(partitions), "");
  const auto add = [&](const char* topic, int number, int64_t next) {
    auto& partition = *partitions.add_partitions();
    partition.set_topic(topic);
    partition.set_partition(number);
    partition.set_next_offset(next);
  };
  add("sales", 0, 7);
  add("sales", 1, 9);
  add("customer", 0, 3);
  add("sales", 0, 7);
  EXPECT_EQ(WhyBehind(partitions), "");
  add("sales", 1, 4);
  EXPECT_EQ(WhyBehind(partitions), "partition 1 of sales is read up to 4 of 9");
}

class Suite : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new crm::testing::TempDirectory("crmctl-suite");
    const std::string data = absl::StrCat("--data-dir=", directory_->path());
    const std::vector<const char*> flags = {"suite",
                                            data.c_str(),
                                            "--partitions=2",
                                            "--listen-address=127.0.0.1:0",
                                            "--admin-address=127.0.0.1:0",
                                            "--absent-services=crm.marketing.v1,crm.servicedesk.v1",
                                            "--business-date=1998-07-01"};
    auto parsed =
        app::Settings::Parse(static_cast<int>(flags.size()), flags.data(), app::ServiceSettings());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    auto process =
        app::Process::Start(parsed->settings, {{"customer", customer::kPackage, customer::Describe},
                                               {"sales", sales::kPackage, sales::Describe}});
    ASSERT_TRUE(process.ok()) << process.status();
    process_ = process->release();
    while (!process_->Ready()) process_->Refresh();
    process_->Refresh();
  }
  static void TearDownTestSuite() {
    if (process_ != nullptr) process_->Stop(absl::Seconds(1));
    delete process_;
    delete directory_;
  }

  static Said Call(std::vector<std::string> arguments) {
    arguments.push_back("--server");
    arguments.push_back(absl::StrCat("127.0.0.1:", process_->port()));
    return Ctl(arguments);
  }
  static std::string Write(const std::string& name, const std::string& text) {
    std::string path = absl::StrCat(directory_->path(), "/", name);
    std::ofstream(path) << text;
    return path;
  }

  static app::Process* process_;
  static crm::testing::TempDirectory* directory_;
};

app::Process* Suite::process_ = nullptr;
crm::testing::TempDirectory* Suite::directory_ = nullptr;

TEST_F(Suite, IsReadyAndOwnsItsPartitions) {
  EXPECT_EQ(Call({"wait-ready"}).exit, kExitOk);
  EXPECT_EQ(Call({"wait-ready", "--caught-up"}).exit, kExitOk);
  EXPECT_THAT(Call({"partitions"}).out, HasSubstr("crm.customer.log.v1          1  owner"));
  EXPECT_THAT(Call({"partitions", "--json"}).out, HasSubstr("\"role\": \"owner\""));
}

TEST_F(Suite, MakesReadsAndListsCustomers) {
  const Said made =
      Call({"customers", "create", "--customer-id", "wei", "--display-name", "Wei 公司", "--kind",
            "company", "--set", "customer.tags=vip", "--position"});
  ASSERT_EQ(made.exit, kExitOk) << made.err;
  EXPECT_THAT(made.out, ContainsRegex("\ndisplay_name +Wei 公司\n"));
  ASSERT_THAT(made.err, HasSubstr("crm-position: "));
  std::string token = made.err.substr(made.err.find(' ') + 1);
  token.pop_back();
  const Said got = Call({"customers", "get", "wei", "--json", "--read-after", token});
  EXPECT_THAT(got.out, HasSubstr("\"tags\": ["));
  EXPECT_THAT(Call({"customers", "list", "--filter", "display_name = \"Wei 公司\"", "--columns",
                    "name,tags"})
                  .out,
              "name           tags\ncustomers/wei  vip\n");
  EXPECT_THAT(Call({"call", "CustomerService/GetCustomer", R"({"name":"customers/wei"})"}).out,
              HasSubstr("\"kind\": \"CUSTOMER_KIND_COMPANY\""));
}

TEST_F(Suite, RefusalsHaveTheirExitCodes) {
  EXPECT_EQ(Call({"customers", "get", "nobody"}).exit, kExitNotFound);
  const Said bad = Call({"customers", "list", "--filter", "nonsense = 1"});
  EXPECT_EQ(bad.exit, kExitInvalid);
  EXPECT_THAT(bad.err, HasSubstr("\n  field filter: "));
  EXPECT_EQ(Call({"customers", "create", "--customer-id", "twice", "--display-name", "T", "--kind",
                  "person"})
                .exit,
            kExitOk);
  EXPECT_EQ(Call({"customers", "create", "--customer-id", "twice", "--display-name", "T", "--kind",
                  "person"})
                .exit,
            kExitState);
  EXPECT_EQ(Ctl({"wait-ready", "--server", "127.0.0.1:1", "--timeout", "0.3"}).exit,
            kExitUnavailable);
}

TEST_F(Suite, ImportsAFileTwiceWithoutDoublingIt) {
  const std::string customers =
      Write("customers.csv",
            "external_system,external_id,kind,display_name,currency_code\n"
            "shop,a,PERSON,A,USD\nshop,b,PERSON,B,USD\nshop,c,DOG,C,USD\nshop,d,PERSON,,USD\n");
  const std::string orders =
      Write("orders.csv",
            "external_system,external_id,customer_external_system,customer_external_id,order_date,"
            "currency_code,revenue,quantity,product\n"
            "shop,1,shop,a,1998-01-05,USD,10.50,1,CD\nshop,2,shop,b,1998-01-06,USD,4.25,2,CD\n");
  for (int i = 0; i < 2; ++i) {
    const Said said = Call({"import", "customers", customers});
    EXPECT_EQ(said.exit, kExitInvalid);
    EXPECT_THAT(said.err, HasSubstr("customers: 2 rows taken, 2 refused"));
    EXPECT_THAT(said.err, HasSubstr("customers.csv:4: kind: 'DOG' is none of"));
    EXPECT_THAT(said.err, HasSubstr("customers.csv:5: display_name: must not be empty"));
    const Said ordered = Call({"import", "orders", orders});
    EXPECT_EQ(ordered.exit, kExitOk) << ordered.err;
    EXPECT_THAT(ordered.err, HasSubstr("orders: 2 rows taken, 0 refused"));
  }
  // The customer service learns of orders from the log; until then its pyramid lacks them.
  std::string pyramid;
  while (pyramid.find("14.75") == std::string::npos) {
    pyramid = Call({"pyramid", "--from", "1998-01-01", "--to", "1998-02-01"}).out;
    ASSERT_NE(pyramid, "");
  }
  EXPECT_THAT(pyramid, HasSubstr("Value pyramid by revenue"));
  EXPECT_EQ(Call({"orders", "list", "--all", "--json"}).exit, kExitOk);
  const std::vector<std::string> lines = absl::StrSplit(
      Call({"orders", "list", "--all", "--json", "--page-size", "1"}).out, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 2u);
}

TEST_F(Suite, SaysTheCallsOfAFileOnce) {
  const auto calls = [](const std::string& text) {
    return Call({"calls", Write("said.calls", text)});
  };
  const std::string create =
      "CustomerService/CreateCustomer {\"customer_id\": \"said\", \"request_id\": \"r1\", "
      "\"customer\": {\"kind\": \"CUSTOMER_KIND_COMPANY\", \"display_name\": \"Said\"}}\n";
  for (int i = 0; i < 2; ++i) {
    const Said said = calls(create + "\nGetCustomer {\"name\": \"customers/said\"}\n");
    EXPECT_EQ(said.exit, kExitOk) << said.err;
    EXPECT_THAT(said.err, HasSubstr("2 calls"));
  }
  const Said refused = calls(create + "GetCustomer {\"name\": \"customers/nobody\"}\n");
  EXPECT_EQ(refused.exit, kExitNotFound);
  EXPECT_THAT(refused.err, HasSubstr("line 2: "));
  EXPECT_EQ(calls("CreateCustomer {}\n").exit, kExitUsage) << "without request_id";
  EXPECT_EQ(calls("CreateCustomer\n").exit, kExitUsage);
  EXPECT_EQ(Ctl({"calls", "there-is-no-such-file"}).exit, kExitUsage);
}

TEST_F(Suite, UploadsAFileAndGoesOnWhereItWas) {
  const std::string file = Write("book.csv", "编号;名称\n7;Acme\n8;\n");
  const std::vector<std::string> upload = {"import",      "customers",
                                           file,          "--upload",
                                           "--delimiter", ";",
                                           "--map",       "编号=external_id",
                                           "--map",       "名称=display_name",
                                           "--constant",  "external_system=book",
                                           "--constant",  "kind=company"};
  std::vector<std::string> check = upload;
  check.push_back("--validate-only");
  EXPECT_THAT(Call(check).err, HasSubstr("1 rows good, 1 bad, 0 taken in"));
  for (int i = 0; i < 2; ++i) {
    const Said said = Call(upload);
    EXPECT_EQ(said.exit, kExitInvalid);
    EXPECT_THAT(said.err, HasSubstr("book.csv:3: 名称: The value is none that the field takes."));
    EXPECT_THAT(said.err, HasSubstr("1 rows good, 1 bad, 1 taken in"));
  }
  const std::string cards =
      Write("cards.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Li Hua\nUID:1\nEND:VCARD\n");
  EXPECT_EQ(Call({"import", "contacts", cards}).exit, kExitOk);
  EXPECT_EQ(Call({"import", "orders", file, "--upload"}).exit, kExitUsage);
  EXPECT_EQ(Call({"import", "customers", file, "--upload", "--map", "x"}).exit, kExitUsage);
  EXPECT_EQ(Call({"import", "customers", "none.csv", "--upload"}).exit, kExitUsage);
}

}  // namespace
}  // namespace crm::crmctl
