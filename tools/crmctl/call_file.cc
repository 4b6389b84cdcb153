#include "tools/crmctl/call_file.h"

#include <google/protobuf/util/json_util.h>

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/message.h"

namespace crm::crmctl {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(50);

struct OneCall {
  const google::protobuf::MethodDescriptor* method = nullptr;
  MessagePtr request;
  int line = 0;
};

absl::StatusOr<OneCall> Parse(const Catalogue& catalogue, const std::string& line) {
  const size_t space = line.find(' ');
  if (space == std::string::npos) return Usage("a line is a method and its request in JSON");
  auto method = catalogue.FindMethod(line.substr(0, space));
  if (!method.ok()) return method.status();
  OneCall call{*method, NewMessage(*(*method)->input_type())};
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(line.substr(space + 1), call.request.get());
  if (!parsed.ok()) return Usage(std::string(parsed.message()));
  const auto* id = call.request->GetDescriptor()->FindFieldByName("request_id");
  if (id != nullptr && call.request->GetReflection()->GetString(*call.request, id).empty())
    return Usage("request_id must be given, so that the file can be said again");
  return call;
}

absl::Status Say(const OneCall& call, Connection& connection, Connection& repeated,
                 absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  absl::Status status = connection.Call(*call.method, *call.request).status();
  while ((absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) && absl::Now() < end) {
    absl::SleepFor(kPause);
    status = repeated.Call(*call.method, *call.request).status();
  }
  return status;
}

// With the line before its words, and all that it carries.
absl::Status InLine(int line, const absl::Status& status) {
  absl::Status said(status.code(), absl::StrCat("line ", line, ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { said.SetPayload(type, payload); });
  return said;
}

}  // namespace

absl::Status CallFile(const ConnectionOptions& options, const Catalogue& catalogue,
                      std::istream& calls, const CallFileOptions& how, const Terminal& terminal) {
  std::vector<OneCall> all;
  int line = 0;
  for (std::string text; std::getline(calls, text);) {
    ++line;
    if (absl::StripAsciiWhitespace(text).empty()) continue;
    absl::StatusOr<OneCall> call = Parse(catalogue, text);
    if (!call.ok()) return InLine(line, call.status());
    call->line = line;
    all.push_back(*std::move(call));
  }
  Connection connection(options);
  // Who repeats himself says so.
  ConnectionOptions again = options;
  again.read_barrier = true;
  Connection repeated(again);
  for (const OneCall& call : all) {
    if (absl::Status s = Say(call, connection, repeated, how.patience); !s.ok())
      return InLine(call.line, s);
  }
  terminal.err << all.size() << " calls\n";
  return absl::OkStatus();
}

}  // namespace crm::crmctl
