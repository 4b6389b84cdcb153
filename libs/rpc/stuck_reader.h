// For tests and the bench: a caller who sends a call and never takes the reply. HTTP/2 by hand, as
// no client does this.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "libs/base/check.h"

namespace crm::rpc {

// One call whose stream has no window for the reply, and nobody reads the connection. Whatever
// cannot be sent ends the program.
class StuckReader {
 public:
  // To a server on this machine; `path` as PathOf gives it, `message` serialized.
  StuckReader(int port, std::string_view path, std::string_view message = "")
      : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    base::Check(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
                "the server can be reached");
    const std::string all = Call(path, message);
    base::Check(write(socket_, all.data(), all.size()) == static_cast<ssize_t>(all.size()),
                "a call can be sent");
  }
  ~StuckReader() { close(socket_); }
  StuckReader(const StuckReader&) = delete;
  StuckReader& operator=(const StuckReader&) = delete;

 private:
  static std::string Call(std::string_view path, std::string_view message) {
    constexpr char kSettings = 4, kHeaders = 1, kData = 0, kEndStream = 1, kEndHeaders = 4;
    const std::string no_window("\0\4\0\0\0\0", 6);
    const std::string headers = "\x83\x86" + Field(4, "", path) + Field(1, "", "localhost") +
                                Field(31, "", "application/grpc") + Field(0, "te", "trailers");
    std::string data = BigEndian(message.size(), 5);  // Not compressed, then its length.
    data.append(message);
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, no_window) +
           Frame(kHeaders, kEndHeaders, 1, headers) + Frame(kData, kEndStream, 1, data);
  }

  static std::string BigEndian(size_t number, int bytes) {
    std::string text;
    while (bytes-- > 0) text += static_cast<char>(number >> (8 * bytes));
    return text;
  }

  // RFC 9113: length, type, flags, stream, payload.
  static std::string Frame(char type, char flags, char stream, const std::string& payload) {
    return BigEndian(payload.size(), 3) + type + flags + std::string(3, '\0') + stream + payload;
  }

  // RFC 7541, not indexed, not compressed. `name`: an index of the static table, or the text.
  static std::string Field(int index, std::string_view name, std::string_view value) {
    std::string field;
    if (index >= 15) {
      field += '\x0f';
      field += static_cast<char>(index - 15);
    } else {
      field += static_cast<char>(index);
    }
    if (index == 0) field.append(1, static_cast<char>(name.size())).append(name);
    return field.append(1, static_cast<char>(value.size())).append(value);
  }

  const int socket_;
};

}  // namespace crm::rpc
