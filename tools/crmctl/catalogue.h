// Catalogue: the services and resource collections of the linked protos, and the names by which
// people call them. Everything is found in descriptors: a new RPC needs no line here.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace crm::crmctl {

// "RecordDelivery", "orphanOrders" and "page_size" give "record-delivery", "orphan-orders" and
// "page-size".
std::string KebabOf(std::string_view name);

// One RPC as it is called on a collection: "win" of "opportunities".
struct Verb {
  std::string name;
  const google::protobuf::MethodDescriptor* method = nullptr;
};

// The resources of one type: "customers", with its verbs in the order of the protos.
struct Collection {
  std::string name;
  const google::protobuf::Descriptor* resource = nullptr;
  std::string pattern;  // "customers/{customer}"
  std::vector<Verb> verbs;
};

class Catalogue {
 public:
  // Of the given files. They must live as long as the catalogue.
  explicit Catalogue(const std::vector<const google::protobuf::FileDescriptor*>& files);

  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const {
    return services_;
  }
  const std::vector<Collection>& collections() const { return collections_; }

  // By "GetCustomer" where only one service has it, "CustomerService/GetCustomer" or
  // "crm.customer.v1.CustomerService/GetCustomer", with "." for "/" as well. kNotFound, naming what
  // is like it; kInvalidArgument when several fit.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(std::string_view name) const;

 private:
  void AddCollections(const google::protobuf::FileDescriptor& file);
  void AddVerbs(const google::protobuf::ServiceDescriptor& service);
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
  std::vector<Collection> collections_;
};

// All protos that this program was linked with, by file name: those of crm.* packages, and that of
// long-running operations.
std::vector<const google::protobuf::FileDescriptor*> LinkedFiles();

}  // namespace crm::crmctl
