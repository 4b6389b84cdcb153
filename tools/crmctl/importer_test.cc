#include "tools/crmctl/importer.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "crm/customer/v1/customer.pb.h"
#include "libs/base/status.h"
#include "libs/base/wire_status.h"

namespace crm::crmctl {
namespace {

using customer::v1::ImportCustomersRequest;
using customer::v1::ImportCustomersResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHeading[] = "external_system,external_id,kind,display_name\n";

std::string File(int rows) {
  std::string text = kHeading;
  for (int i = 1; i <= rows; ++i) text += "erp," + std::to_string(i) + ",person,P\n";
  return text;
}

// Answers at once, as `Answer` says, on the caller's thread.
struct Server {
  // The answer of one row; called for each.
  std::function<absl::Status(const std::string& id)> row = [](const std::string&) {
    return absl::OkStatus();
  };
  // The answer of a whole call; OK: that of its rows.
  std::function<absl::Status(const ImportCustomersRequest&)> call =
      [](const ImportCustomersRequest&) { return absl::OkStatus(); };
  std::vector<int> sizes;
  std::multiset<std::string> ids;
  std::set<std::string> request_ids;

  void operator()(const std::string& bytes, const std::function<void(rpc::CallReply)>& done) {
    ImportCustomersRequest request;
    ASSERT_TRUE(request.ParseFromString(bytes));
    sizes.push_back(request.rows_size());
    request_ids.insert(request.request_id());
    if (absl::Status s = call(request); !s.ok()) return done({.status = s});
    ImportCustomersResponse response;
    for (const auto& row_of : request.rows()) {
      const std::string& id = row_of.customer().external_ids(0).id();
      auto& result = *response.add_results();
      const absl::Status status = row(id);
      *result.mutable_status() = base::ToWire(status);
      if (!status.ok()) continue;
      ids.insert(id);
      result.set_name("customers/erp-" + id);
    }
    done({.status = absl::OkStatus(), .reply = response.SerializeAsString()});
  }
};

struct Outcome {
  absl::StatusOr<ImportSummary> summary;
  std::vector<std::string> errors;
};

Outcome Import(const std::string& text, Server& server, ImportOptions options = {}) {
  std::istringstream in(text);
  CsvReader csv(in);
  RowFormat format = *RowFormat::Find("customers");
  options.retry_first = options.retry_max = absl::ZeroDuration();
  std::vector<std::string> errors;
  Importer importer(
      csv, format, options, std::ref(server), {[&](const RowError& error) {
        errors.push_back(std::to_string(error.line) + ":" + error.column + ":" + error.reason);
      }});
  absl::StatusOr<ImportSummary> summary = importer.Run();
  return {std::move(summary), errors};
}

TEST(Importer, SendsEveryRowOnceInBatches) {
  Server server;
  const Outcome outcome = Import(File(2500), server);
  ASSERT_TRUE(outcome.summary.ok());
  EXPECT_EQ(outcome.summary->taken, 2500);
  EXPECT_THAT(server.sizes, ElementsAre(1000, 1000, 500));
  EXPECT_EQ(server.request_ids.size(), 3u);
  EXPECT_EQ(server.ids.size(), 2500u);
}

TEST(Importer, BadRowsAreNamedAndTheOthersGoOn) {
  Server server;
  server.row = [](const std::string& id) {
    return id == "3" ? base::Invalid("customer.display_name", "must not be blank")
                     : absl::OkStatus();
  };
  std::string text = File(4);
  text += "erp,5,dog,P\nerp,6\n\"erp,7,person,P\nerp,8,person,P\n";
  const Outcome outcome = Import(text, server);
  ASSERT_TRUE(outcome.summary.ok());
  EXPECT_EQ(outcome.summary->taken, 4);
  EXPECT_EQ(outcome.summary->refused, 4);
  EXPECT_THAT(
      outcome.errors,
      ElementsAre(HasSubstr("6:kind:'dog' is none of"), "7::has 2 fields, and the heading 4",
                  "8::a quote is not closed", "4:display_name:must not be blank"));
}

TEST(Importer, WhatMayPassIsSentAgainWithTheSameRequestId) {
  Server server;
  int failures = 3;
  server.call = [&](const ImportCustomersRequest&) {
    return failures-- > 0 ? absl::UnavailableError("away") : absl::OkStatus();
  };
  const Outcome outcome = Import(File(5), server);
  ASSERT_TRUE(outcome.summary.ok());
  EXPECT_EQ(outcome.summary->taken, 5);
  EXPECT_EQ(outcome.summary->resent, 15);
  EXPECT_EQ(server.request_ids.size(), 1u);
}

TEST(Importer, OnlyTheRowsThatMayPassAreSentAgain) {
  Server server;
  std::set<std::string> seen;
  server.row = [&](const std::string& id) {
    if (!seen.insert(id).second) return absl::OkStatus();
    if (id == "2") return absl::UnavailableError("full");
    if (id == "4") return absl::AlreadyExistsError("made at the same moment");
    return absl::OkStatus();
  };
  const Outcome outcome = Import(File(5), server);
  ASSERT_TRUE(outcome.summary.ok());
  EXPECT_EQ(outcome.summary->taken, 5);
  EXPECT_THAT(server.sizes, ElementsAre(5, 2));
  EXPECT_EQ(server.request_ids.size(), 2u);
}

TEST(Importer, ARowThatIsAlwaysTakenByOthersIsRefused) {
  Server server;
  server.row = [](const std::string&) { return absl::AlreadyExistsError("made"); };
  const Outcome outcome = Import(File(1), server);
  ASSERT_TRUE(outcome.summary.ok());
  EXPECT_THAT(outcome.errors, ElementsAre("2::made"));
}

TEST(Importer, WhatIsTooLargeForACallGoesInTwo) {
  Server server;
  server.call = [](const ImportCustomersRequest& request) {
    for (const auto& row : request.rows()) {
      if (row.customer().external_ids(0).id() == "2" || request.rows_size() > 2)
        return absl::ResourceExhaustedError("too large");
    }
    return absl::OkStatus();
  };
  const Outcome outcome = Import(File(5), server);
  ASSERT_TRUE(outcome.summary.ok()) << outcome.summary.status();
  EXPECT_EQ(outcome.summary->taken, 4);
  EXPECT_EQ(server.ids.size(), 4u);
  EXPECT_EQ(server.request_ids.size(), server.sizes.size());
  EXPECT_THAT(outcome.errors, ElementsAre("3::too large"));
}

TEST(Importer, EndsWithWhatTheServerSaysOfTheWhole) {
  Server server;
  server.call = [](const ImportCustomersRequest&) {
    return absl::PermissionDeniedError("not you");
  };
  EXPECT_EQ(Import(File(3), server).summary.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(server.sizes.size(), 1u);
}

TEST(Importer, GivesUpWhenPatienceIsOver) {
  Server server;
  server.call = [](const ImportCustomersRequest&) { return absl::UnavailableError("away"); };
  const Outcome outcome = Import(File(3), server, {.patience = absl::ZeroDuration()});
  EXPECT_EQ(outcome.summary.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(outcome.summary.status().message()), HasSubstr("import the file again"));
}

TEST(Importer, AnAnswerThatForgetsRowsIsNoAnswer) {
  std::istringstream in(File(2));
  CsvReader csv(in);
  RowFormat format = *RowFormat::Find("customers");
  Importer importer(csv, format, {},
                    [](const std::string&, const std::function<void(rpc::CallReply)>& done) {
                      done({.status = absl::OkStatus()});
                    },
                    {});
  EXPECT_EQ(importer.Run().status().code(), absl::StatusCode::kInternal);
}

TEST(Importer, NothingIsSentForAFileThatIsNone) {
  Server server;
  EXPECT_EQ(Import("", server).summary.status().message(), "the file is empty");
  EXPECT_FALSE(Import("a,b\n1,2\n", server).summary.ok());
  EXPECT_EQ(Import(kHeading, server).summary->taken, 0);
  EXPECT_TRUE(server.sizes.empty());
}

}  // namespace
}  // namespace crm::crmctl
