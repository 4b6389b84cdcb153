// Texts of cells of a table that people open in a spreadsheet: several values in one, and what
// would be taken for a formula. What is written here is read here as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crm::files {

// Several values, with ";" between. One that holds such a mark or a line end, begins with a double
// quote, or is empty or padded with blanks stands in double quotes, which are doubled within.
std::string JoinCell(const std::vector<std::string>& values);

// The values again. People may also put line ends between, and blanks around, which are left out as
// is what is empty without quotes; a quote that ends elsewhere than at a mark is an ordinary
// letter.
std::vector<std::string> SplitCell(std::string_view cell);

// What a spreadsheet would take for a formula gets an apostrophe before it, and so does what looks
// like that already.
std::string GuardFormula(std::string cell);
std::string UnguardFormula(std::string cell);

}  // namespace crm::files
