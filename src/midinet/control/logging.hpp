// Words for people and for log collectors.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string_view>

namespace midinet::control {

enum class LogLevel : std::uint8_t { Trace, Debug, Info, Warning, Error, Off };
enum class LogFormat : std::uint8_t {
    Text,  ///< time, level, message
    Json,  ///< one object a line: time (UTC, RFC 3339), level, message
};

/// Writes lines. Control characters in a message are escaped: a name from the network cannot forge
/// a line. Thread: any but the engine's; blocks on the output.
class Logger {
  public:
    virtual ~Logger() = default;
    virtual void log(LogLevel level, std::string_view message) = 0;
    virtual void set_level(LogLevel level) = 0;
    virtual void set_format(LogFormat format) = 0;

    void debug(std::string_view message) { log(LogLevel::Debug, message); }
    void info(std::string_view message) { log(LogLevel::Info, message); }
    void warning(std::string_view message) { log(LogLevel::Warning, message); }
    void error(std::string_view message) { log(LogLevel::Error, message); }
};

/// A logger that drops what is below `level`, to stderr. Each line is flushed.
std::unique_ptr<Logger> make_logger(LogLevel level, LogFormat format);
/// The same to a stream. Lifetime: `out` outlives the logger.
std::unique_ptr<Logger> make_logger(LogLevel level, LogFormat format, std::ostream& out);

}  // namespace midinet::control
