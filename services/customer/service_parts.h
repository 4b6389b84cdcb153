// The parts of what the service is made of, each in the file of its area.
#pragma once

#include "libs/app/service.h"

namespace crm::customer {

// service_people.cc
void DescribeContacts(app::Service& service);
// Who works for us, and in which units.
void DescribeOrganization(app::Service& service);
// Who may own what: pools, books, and what brings a customer from one to the other. Touchpoints and
// owner terms are declared before.
void DescribeOwnership(app::Service& service);
// What one of us had to do with on its way to others.
void DescribeTransfers(app::Service& service);

// service_work.cc
// One customer, or a group of them, from all sides; what is known of it from the other services.
void DescribeTimeline(app::Service& service);
// What people should know at once.
void DescribeNotifications(app::Service& service);
// What one of us is to do, and by when.
void DescribeActivities(app::Service& service);
// What customers are asked, what follows from it, and what came of it.
void DescribeInterviews(app::Service& service);

// service_data.cc
// Files of customers and contacts, in and out.
void DescribeExchange(app::Service& service);
// Fields of the company's own.
void DescribeCustomFields(app::Service& service);
// Questions that managers ask again and again.
void DescribeReports(app::Service& service);
// What may be done with customers' data, whether they are fresh, and what was spent.
void DescribeCare(app::Service& service);
// Two customers that are one.
void DescribeMerges(app::Service& service);
// Customers that are recorded twice.
void DescribeDuplicates(app::Service& service);

}  // namespace crm::customer
