#include "tools/crmctl/pyramid.h"

#include <gmock/gmock.h>

#include "libs/testing/matchers.h"

namespace crm::crmctl {
namespace {

using ::testing::HasSubstr;

customer::v1::GetPyramidResponse Example() {
  return crm::testing::ParseText<customer::v1::GetPyramidResponse>(R"(
    period { start { year: 1997 month: 1 day: 1 } end { year: 1998 month: 7 day: 1 } }
    measure: MEASURE_REVENUE
    tiers { tier: TIER_TOP customer_count: 236 lower_bound { currency_code: 'USD' units: 919 }
            revenue { currency_code: 'USD' units: 500000 } revenue_share: 0.5 order_count: 6324 }
    tiers { tier: TIER_BIG customer_count: 943 lower_bound { currency_code: 'USD' units: 381 }
            revenue { currency_code: 'USD' units: 250000 } revenue_share: 0.25 order_count: 7 }
    tiers { tier: TIER_MEDIUM customer_count: 0 }
    tiers { tier: TIER_SMALL customer_count: 18856 lower_bound { currency_code: 'USD' }
            revenue { currency_code: 'USD' units: 250000 nanos: 630000000 } revenue_share: 0.25 }
    customer_count: 20035 order_count: 69659
    revenue { currency_code: 'USD' units: 1000000 nanos: 630000000 }
    gini: 0.63456 top_fifth_share: 0.678 prospect_count: 902
    notes: 'no costs: the margin of no order is known')");
}

TEST(Pyramid, IsAPictureInBlocks) {
  EXPECT_EQ(PyramidText(Example(), true),
            R"(Value pyramid by revenue, 1997-01-01 … 1998-07-01 (end excluded), in USD

                 tier    customers    from  orders       revenue   share
     ◢██◣        TOP           236  919.00   6,324    500,000.00  50.0 %  ███████████████
   ◢██████◣      BIG           943  381.00       7    250,000.00  25.0 %  ███████▌
  ◢█████████◣    MEDIUM          0       -       0             -       -
◢█████████████◣  SMALL      18,856    0.00       0    250,000.63  25.0 %  ███████▌
                 all        20,035          69,659  1,000,000.63

below: 0 inactive, 902 prospects, 0 suspects
best fifth of the customers: 67.8 % of the revenue; Gini 0.635
note: no costs: the margin of no order is known
)");
}

TEST(Pyramid, HasAnAsciiForm) {
  const std::string text = PyramidText(Example(), false);
  EXPECT_THAT(text, HasSubstr("50.0 %  ###############\n"));
  for (const char c : text) EXPECT_GE(c, 0);
}

TEST(Pyramid, ByMarginShowsWhatIsKnown) {
  customer::v1::GetPyramidResponse pyramid = Example();
  pyramid.set_measure(customer::v1::MEASURE_MARGIN);
  pyramid.set_known_margin_share(0.4);
  *pyramid.mutable_tiers(0)->mutable_margin() = pyramid.tiers(0).revenue();
  pyramid.mutable_tiers(0)->set_margin_share(1.2);
  const std::string text = PyramidText(pyramid, true);
  EXPECT_THAT(text, HasSubstr("Value pyramid by margin"));
  EXPECT_THAT(text, HasSubstr("120.0 %  ██████████████████████████████\n"));
  EXPECT_THAT(text, HasSubstr("margin known of 40.0 % of the revenue"));
}

}  // namespace
}  // namespace crm::crmctl
