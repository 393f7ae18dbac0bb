// Columns for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace midinet::control::cli {

/// Rows of the same number of cells, the first one the heading. Each column is as wide as its
/// widest cell, counted in characters of UTF-8, and two spaces part them; no line ends with spaces.
class Table {
  public:
    using Row = std::vector<std::string>;

    explicit Table(Row heading) : rows_{std::move(heading)} {}
    /// Precondition: as many cells as the heading has.
    void add(Row row) { rows_.push_back(std::move(row)); }
    std::string text(std::string_view indent = {}) const;

  private:
    std::vector<Row> rows_;
};

}  // namespace midinet::control::cli
