#include "tools/crmctl/invoke.h"

#include "tools/crmctl/failure.h"
#include "tools/crmctl/fields.h"
#include "tools/crmctl/request.h"
#include "tools/crmctl/text_table.h"

namespace crm::crmctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Rows of one table when all pages are asked for: their columns are the same on every page.
constexpr size_t kRowsPerTableMax = 100'000;

std::string TextField(const Message& message, const char* name) {
  return message.GetReflection()->GetString(message,
                                            message.GetDescriptor()->FindFieldByName(name));
}

std::vector<const Message*> RowsIn(const Message& page, const FieldDescriptor& rows) {
  std::vector<const Message*> found;
  for (int i = 0; i < page.GetReflection()->FieldSize(page, &rows); ++i) {
    found.push_back(&page.GetReflection()->GetRepeatedMessage(page, &rows, i));
  }
  return found;
}

absl::Status PrintTable(const FieldDescriptor& rows, const std::vector<MessagePtr>& pages,
                        const OutputOptions& output, const Terminal& terminal) {
  std::vector<const Message*> all;
  for (const MessagePtr& page : pages) {
    const std::vector<const Message*> some = RowsIn(*page, rows);
    all.insert(all.end(), some.begin(), some.end());
  }
  if (all.empty()) {
    terminal.err << "none\n";
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> table = TableOf(*rows.message_type(), all, output.columns);
  if (!table.ok()) return Usage(table.status().message());
  terminal.out << *table;
  return absl::OkStatus();
}

void PrintRowsAsJson(const FieldDescriptor& rows, const Message& page, const Terminal& terminal) {
  for (const Message* row : RowsIn(page, rows)) {
    terminal.out << JsonOf(*row, /*pretty=*/false) << "\n";
  }
}

absl::Status InvokeList(Connection& connection, const MethodDescriptor& method,
                        const FieldDescriptor& rows, Message& request, bool all,
                        const OutputOptions& output, const Terminal& terminal) {
  std::vector<MessagePtr> pages;
  size_t count = 0;
  std::string next;
  do {
    absl::StatusOr<MessagePtr> page = connection.Call(method, request);
    if (!page.ok()) return page.status();
    next = TextField(**page, "next_page_token");
    request.GetReflection()->SetString(&request, method.input_type()->FindFieldByName("page_token"),
                                       next);
    if (output.json) {
      if (all) {
        PrintRowsAsJson(rows, **page, terminal);
      } else {
        terminal.out << JsonOf(**page, /*pretty=*/true) << "\n";
      }
      continue;
    }
    count += RowsIn(**page, rows).size();
    pages.push_back(*std::move(page));
    if (count < kRowsPerTableMax) continue;
    if (absl::Status s = PrintTable(rows, pages, output, terminal); !s.ok()) return s;
    pages.clear();
    count = 0;
  } while (all && !next.empty());
  if (output.json) return absl::OkStatus();
  if (absl::Status s = PrintTable(rows, pages, output, terminal); !s.ok()) return s;
  if (!next.empty()) terminal.err << "there are more: --all, or --page-token " << next << "\n";
  return absl::OkStatus();
}

// Until it ends, or the program is interrupted.
absl::Status InvokeStream(Connection& connection, const MethodDescriptor& method,
                          const Message& request, const OutputOptions& output,
                          const Terminal& terminal) {
  const std::unique_ptr<rpc::IncomingStream> stream = connection.Open(method, request);
  while (const auto bytes = stream->Next()) {
    const MessagePtr message = NewMessage(*method.output_type());
    if (!message->ParseFromString(*bytes)) return absl::InternalError("a message cannot be parsed");
    terminal.out << (output.json ? JsonOf(*message, /*pretty=*/false) : ListingOf(*message))
                 << std::endl;
  }
  return stream->status();
}

}  // namespace

absl::Status Invoke(Connection& connection, const MethodDescriptor& method, Message& request,
                    bool all, const OutputOptions& output, const Terminal& terminal) {
  absl::Status status;
  if (const FieldDescriptor* rows = RowsOf(method)) {
    status = InvokeList(connection, method, *rows, request, all, output, terminal);
  } else if (all) {
    return Usage("--all is for lists");
  } else if (method.server_streaming()) {
    status = InvokeStream(connection, method, request, output, terminal);
  } else {
    absl::StatusOr<MessagePtr> reply = connection.Call(method, request);
    status = reply.status();
    if (reply.ok()) {
      terminal.out << (output.json ? JsonOf(**reply, /*pretty=*/true) + "\n" : ListingOf(**reply));
    }
  }
  if (output.position && !connection.position().empty()) {
    terminal.err << "crm-position: " << connection.position() << "\n";
  }
  return status;
}

}  // namespace crm::crmctl
