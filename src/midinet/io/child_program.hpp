// Another program of ours that runs beside this one.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace midinet::io {

/// The destructor tells it to end, waits, and kills it after 5 s. It ends with this process,
/// however that ends. Thread: one.
class ChildProgram {
  public:
    virtual ~ChildProgram() = default;
    /// Nothing: it runs. 128 + the signal that ended it. Never blocks.
    virtual std::optional<int> exit_code() = 0;
    /// The last line that it wrote to standard error; empty: none.
    virtual std::string last_words() = 0;
};

/// `words`: a program that is installed with this one, by its name, and what it is told. Errors: it
/// is not there, or cannot be started.
using StartProgram =
    std::function<Result<std::unique_ptr<ChildProgram>>(const std::vector<std::string>& words)>;

}  // namespace midinet::io
