// How alike two texts are, character by character.
#pragma once

#include <string_view>

namespace crm::linkage {

// Jaro-Winkler similarity, 0 (nothing in common) to 1 (equal): Jaro's, raised by a tenth of what is
// missing for each of at most four equal first characters when it is above 0.7 (Winkler 1990). Two
// empty texts are equal. Cost: the product of the lengths at worst.
double JaroWinkler(std::u32string_view a, std::u32string_view b);

// Damerau-Levenshtein distance without restriction: the fewest characters to insert, delete, change
// or swap with their neighbour, also where something was changed between them since. Cost: the
// product of the lengths, and of those different.
int DamerauLevenshtein(std::u32string_view a, std::u32string_view b);

}  // namespace crm::linkage
