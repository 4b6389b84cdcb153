#include "tests/bench/requests.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::bench {

namespace {

// So many customers have the same one.
std::string BranchOf(int64_t number) { return absl::StrFormat("branch-%09d", number / 64); }

}  // namespace

std::string CustomerId(int64_t number) { return absl::StrFormat("bench-%07d", number); }

customer::v1::Customer CustomerOf(int64_t number) {
  customer::v1::Customer customer;
  customer.set_kind(customer::v1::CUSTOMER_KIND_COMPANY);
  customer.set_display_name(absl::StrFormat("Hartmann Precision Tools %07d", number));
  customer.set_industry("mechanical engineering");
  customer.set_region("region-000000000000");
  customer.set_branch(BranchOf(number));
  customer.set_team("team-industry");
  customer.set_owner("staff-0042");
  customer.set_website("https://www.hartmann-precision.example");
  customer.set_employees(240);
  customer.add_tags("machine-tools");
  customer.add_tags("trade-fair");
  customer::v1::CustomerPersonal& personal = *customer.mutable_personal();
  personal.add_phones(absl::StrFormat("+49711%07d", number));
  personal.add_emails(absl::StrFormat("purchasing%07d@hartmann-precision.example", number));
  customer::v1::PostalAddress& address = *personal.add_addresses();
  address.set_country_code("DE");
  address.set_locality("Stuttgart");
  address.set_postal_code("70173");
  address.add_lines("Industriestrasse 12");
  return customer;
}

std::string CreateBytes(int64_t number) {
  customer::v1::CreateCustomerRequest create;
  create.set_customer_id(CustomerId(number));
  create.set_request_id("create-" + CustomerId(number));
  *create.mutable_customer() = CustomerOf(number);
  return create.SerializeAsString();
}

std::string CreateBareBytes(int64_t number) {
  customer::v1::UpdateCustomerRequest create;
  *create.mutable_customer() = CustomerOf(number);
  create.mutable_customer()->set_name("customers/" + CustomerId(number));
  create.set_request_id("create-" + CustomerId(number));
  return create.SerializeAsString();
}

std::string UpdateBytes(int64_t number, int64_t serial) {
  customer::v1::UpdateCustomerRequest update;
  update.mutable_customer()->set_name("customers/" + CustomerId(number));
  update.mutable_customer()->set_region(absl::StrFormat("region-%012d", serial));
  update.mutable_update_mask()->add_paths("region");
  update.set_request_id(absl::StrFormat("bench-update-%012d", serial));
  return update.SerializeAsString();
}

std::string GetBytes(int64_t number) {
  customer::v1::GetCustomerRequest get;
  get.set_name("customers/" + CustomerId(number));
  return get.SerializeAsString();
}

std::string BatchGetBytes(int64_t number) {
  customer::v1::BatchGetCustomersRequest get;
  for (int i = 0; i < 50; ++i) get.add_names("customers/" + CustomerId((number + i) % kCustomers));
  return get.SerializeAsString();
}

std::string ListBytes(int64_t number) {
  customer::v1::ListCustomersRequest list;
  list.set_page_size(50);
  list.set_filter(absl::StrCat("branch = \"", BranchOf(number), "\""));
  return list.SerializeAsString();
}

std::string SearchBytes(int64_t number) {
  customer::v1::SearchCustomersRequest search;
  search.set_query(absl::StrFormat("precision %07d", number));
  return search.SerializeAsString();
}

}  // namespace crm::bench
