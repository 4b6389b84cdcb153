// Page tokens of queries that read several tables or indexes: where the last page ended, bound to
// what was asked, so that one of another question is refused. What lists itself has the engine's.
//
// Token = base64url(digest[12] place[1..]); digest = SHA-256(question, place), cut.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

namespace crm::customer {

// `question`: all that says which rows are meant, but for the page.
std::string PlaceToken(std::string_view question, std::string_view place);

// The place of a token that PlaceToken gave for this question; nullopt: it gave none such.
std::optional<std::string> PlaceIn(std::string_view token, std::string_view question);

// The same of a place that is a message.
bool ReadPlace(std::string_view token, std::string_view question, google::protobuf::Message& place);

}  // namespace crm::customer
