#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/engine/v1/engine.pb.h"
#include "tools/crmctl/call_file.h"
#include "tools/crmctl/cli.h"
#include "tools/crmctl/events.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"
#include "tools/crmctl/file_import.h"
#include "tools/crmctl/import_command.h"
#include "tools/crmctl/log_reading.h"
#include "tools/crmctl/log_skip.h"
#include "tools/crmctl/log_verify.h"
#include "tools/crmctl/pyramid.h"
#include "tools/crmctl/readiness.h"

namespace crm::crmctl {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(10);
constexpr absl::Duration kImportTimeout = absl::Seconds(60);
constexpr absl::Duration kReadyTimeout = absl::Seconds(60);

struct PyramidArguments {
  std::string from;
  std::string to;
  std::string measure = "revenue";
};

absl::Status RunPyramid(const Plan& plan, const PyramidArguments& given) {
  customer::v1::GetPyramidRequest request;
  for (const auto& [path, text] : {std::pair{"period.start", given.from},
                                   {"period.end", given.to},
                                   {"measure", given.measure}}) {
    if (absl::Status s = SetField(request, path, text); !s.ok()) {
      return Usage(absl::StrCat(path, ": ", s.message()));
    }
  }
  const auto method = plan.catalogue.FindMethod("CustomerValueService/GetPyramid");
  if (!method.ok()) return method.status();
  Connection connection(plan.OptionsWith(kCallTimeout));
  if (plan.globals.output.json) {
    return Invoke(connection, **method, request, false, plan.globals.output, plan.terminal);
  }
  absl::StatusOr<MessagePtr> reply = connection.Call(**method, request);
  if (!reply.ok()) return reply.status();
  plan.terminal.out << PyramidText(static_cast<const customer::v1::GetPyramidResponse&>(**reply),
                                   IsUnicodeEnvironment());
  return absl::OkStatus();
}

void AddPyramid(CLI::App& app, Plan& plan) {
  PyramidArguments& given = Store<PyramidArguments>(plan);
  CLI::App& command = *app.add_subcommand("pyramid", "draw the value pyramid of a period");
  command.add_option("--from,--start", given.from, "first day, 1997-01-01")->required();
  command.add_option("--to,--end", given.to, "first day after the period")->required();
  command.add_option("--measure", given.measure, "revenue or margin")->capture_default_str();
  command.callback([&] { plan.run = [&] { return RunPyramid(plan, given); }; });
}

// What the server is told of a file that it checks and takes in itself.
void AddUpload(CLI::App& command, FileImportArguments& file, bool& upload) {
  command.add_flag("--upload", upload,
                   "send the file as it is; the server checks it, then takes the good rows in");
  command.add_option("--map", file.mappings, "uploaded: column=field, once for each column")
      ->allow_extra_args(false);
  command.add_option("--constant", file.constants, "uploaded: field=value, for every row")
      ->allow_extra_args(false);
  command.add_option("--encoding", file.encoding, "uploaded: utf8 or gb18030; else found out");
  command.add_option("--country", file.country,
                     "uploaded: of telephone numbers without one; else the company's");
  command.add_option("--import", file.id, "uploaded: the import's id; else made of the file");
}

void AddImport(CLI::App& app, Plan& plan) {
  struct Given {
    ImportArguments arguments;
    FileImportArguments file;
    std::string delimiter = ",";
    bool upload = false;
  };
  Given& given = Store<Given>(plan);
  CLI::App& command = *app.add_subcommand(
      "import", "send the rows of a CSV file; sent again, it goes on where it was cut off");
  command.add_option("KIND", given.arguments.kind, "customers or orders; uploaded also contacts")
      ->required()
      ->check(CLI::IsMember({"customers", "orders", "contacts"}));
  command.add_option("FILE", given.arguments.path, "CSV with a heading; -: standard input")
      ->required();
  command.add_option("--rows", given.arguments.options.rows_per_call, "rows of one call")
      ->check(CLI::Range(1, kRowsPerCallMax))
      ->capture_default_str();
  command.add_option("--calls", given.arguments.options.calls, "calls at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_option("--delimiter", given.delimiter, "one character")->capture_default_str();
  command.add_flag("--validate-only,--validate_only", given.arguments.options.validate_only,
                   "only say what would come of each row");
  AddUpload(command, given.file, given.upload);
  command.callback([&] {
    plan.run = [&]() -> absl::Status {
      if (given.delimiter.size() != 1) return Usage("--delimiter: one character");
      if (given.upload || given.arguments.kind == "contacts") {
        if (given.arguments.kind == "orders") return Usage("orders cannot be uploaded");
        given.file.kind = given.arguments.kind;
        given.file.path = given.arguments.path;
        given.file.delimiter = given.delimiter == "," ? "" : given.delimiter;
        given.file.check_only = given.arguments.options.validate_only;
        Connection connection(plan.OptionsWith(kImportTimeout));
        return ImportFile(connection, plan.catalogue, given.file, plan.terminal,
                          isatty(STDERR_FILENO) == 1);
      }
      given.arguments.delimiter = given.delimiter[0];
      Connection connection(plan.OptionsWith(kImportTimeout));
      return Import(connection, given.arguments, plan.terminal, isatty(STDERR_FILENO) == 1);
    };
  });
}

void AddCalls(CLI::App& app, Plan& plan) {
  std::string& path = Store<std::string>(plan);
  CLI::App& command =
      *app.add_subcommand("calls", "say the calls of a file, one after another, each once");
  command.add_option("FILE", path, "lines of a method and its request in JSON")->required();
  command.callback([&] {
    plan.run = [&]() -> absl::Status {
      std::ifstream calls(path);
      if (!calls) return Usage(absl::StrCat(path, " cannot be read"));
      return CallFile(plan.OptionsWith(kImportTimeout), plan.catalogue, calls, {}, plan.terminal);
    };
  });
}

void AddLogPlace(CLI::App& command, LogPlace& place) {
  command.add_option("--kafka", place.kafka, "brokers of the log, host:port,host:port");
  command.add_option("--data-dir", place.data_dir,
                     "data directory of a suite that is stopped: a running one holds its log");
}

void AddEvents(CLI::App& app, Plan& plan) {
  struct Given {
    LogPlace place;
    TailArguments tail;
    std::string from = "end";
    bool no_follow = false;
  };
  Given& given = Store<Given>(plan);
  CLI::App& events = *app.add_subcommand("events", "the log of a service");
  events.require_subcommand(1);
  events.fallthrough();
  CLI::App& command = *events.add_subcommand("tail", "print accepted events as lines of JSON");
  AddLogPlace(command, given.place);
  command.add_option("--topic", given.tail.topic, "log topic")->capture_default_str();
  command.add_option("--from", given.from, "beginning or end")
      ->check(CLI::IsMember({"beginning", "end"}))
      ->capture_default_str();
  command.add_flag("--no-follow", given.no_follow, "end where the log ends now");
  command.add_option("--type", given.tail.type, "only events whose type ends so: TierChanged");
  command.add_option("--subject", given.tail.subject, "only of this resource: customers/c1");
  command.add_flag("--log-records", given.tail.log_records, "also claims, barriers and the like");
  command.callback([&] {
    plan.run = [&] {
      given.tail.from_beginning = given.from == "beginning";
      given.tail.follow = !given.no_follow;
      return TailEvents(given.place, given.tail, plan.terminal.out);
    };
  });
}

absl::Status RunSkip(const Plan& plan, const LogPlace& place, SkipArguments arguments) {
  if (arguments.by.empty()) arguments.by = "user:crmctl";
  absl::StatusOr<std::unique_ptr<eventlog::EventLog>> log = OpenLog(place);
  if (!log.ok()) return log.status();
  absl::StatusOr<Skipped> skipped = SkipRecord(**log, arguments, absl::Now());
  if (!skipped.ok()) return skipped.status();
  plan.terminal.out << arguments.topic << "/" << arguments.partition << ": the record at offset "
                    << arguments.offset << (skipped->already ? " was" : " is")
                    << " skipped by that at " << skipped->offset << ", sha256 " << skipped->sha256
                    << "\n";
  return absl::OkStatus();
}

void AddVerify(CLI::App& log, Plan& plan) {
  struct Given {
    LogPlace place;
    std::string topic;
  };
  Given& given = Store<Given>(plan);
  CLI::App& command =
      *log.add_subcommand("verify", "read all of a log, and say whether it is whole");
  AddLogPlace(command, given.place);
  command.add_option("--topic", given.topic, "only this log topic");
  command.callback(
      [&] { plan.run = [&] { return VerifyLog(given.place, given.topic, plan.terminal.out); }; });
}

void AddLog(CLI::App& app, Plan& plan) {
  struct Given {
    LogPlace place;
    SkipArguments skip;
  };
  Given& given = Store<Given>(plan);
  CLI::App& log = *app.add_subcommand("log", "check and repair the log of a service");
  log.require_subcommand(1);
  log.fallthrough();
  AddVerify(log, plan);
  CLI::App& command = *log.add_subcommand(
      "skip", "let every reader pass over a record at which the partition has stopped");
  AddLogPlace(command, given.place);
  command.add_option("--topic", given.skip.topic, "log topic")->required();
  command.add_option("--partition", given.skip.partition, "from 0")->required();
  command.add_option("--offset", given.skip.offset, "of the record")->required();
  command.add_option("--reason", given.skip.reason, "why it may be passed over")->required();
  command.add_flag("--force", given.skip.force, "also when this program can read the record");
  command.callback([&] {
    plan.run = [&] {
      given.skip.by = plan.globals.connection.actor;
      return RunSkip(plan, given.place, given.skip);
    };
  });
}

absl::Status RunPartitions(const Plan& plan) {
  const auto method = plan.catalogue.FindMethod("EngineService/ListPartitions");
  if (!method.ok()) return method.status();
  Connection connection(plan.OptionsWith(kCallTimeout));
  engine::v1::ListPartitionsRequest request;
  if (plan.globals.output.json) {
    return Invoke(connection, **method, request, false, plan.globals.output, plan.terminal);
  }
  absl::StatusOr<MessagePtr> reply = connection.Call(**method, request);
  if (!reply.ok()) return reply.status();
  plan.terminal.out << PartitionsText(
      static_cast<const engine::v1::ListPartitionsResponse&>(**reply));
  return absl::OkStatus();
}

absl::Status RunWaitReady(const Plan& plan, bool caught_up) {
  std::vector<std::string> services;
  for (const auto* service : plan.catalogue.services()) services.push_back(service->full_name());
  const ConnectionOptions options = plan.OptionsWith(kReadyTimeout);
  return WaitReady(options, services, caught_up, options.timeout);
}

void AddWaitReady(CLI::App& app, Plan& plan) {
  bool& caught_up = Store<bool>(plan);
  CLI::App& command =
      *app.add_subcommand("wait-ready", "wait until the server takes commands, at most --timeout");
  command.add_flag("--caught-up", caught_up,
                   "and its services have read all that the others of the process wrote");
  command.callback([&] { plan.run = [&] { return RunWaitReady(plan, caught_up); }; });
}

}  // namespace

void AddToolCommands(CLI::App& app, Plan& plan) {
  AddPyramid(app, plan);
  AddImport(app, plan);
  AddCalls(app, plan);
  AddEvents(app, plan);
  AddLog(app, plan);
  app.add_subcommand("partitions", "show who owns the partitions of the server's services")
      ->callback([&plan] { plan.run = [&plan] { return RunPartitions(plan); }; });
  AddWaitReady(app, plan);
}

}  // namespace crm::crmctl
