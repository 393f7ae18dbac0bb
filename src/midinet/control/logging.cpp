#include "control/logging.hpp"

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <iostream>
#include <string>

namespace midinet::control {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::Trace:
            return spdlog::level::trace;
        case LogLevel::Debug:
            return spdlog::level::debug;
        case LogLevel::Info:
            return spdlog::level::info;
        case LogLevel::Warning:
            return spdlog::level::warn;
        case LogLevel::Error:
            return spdlog::level::err;
        case LogLevel::Off:
            break;
    }
    return spdlog::level::off;
}

const char* name_of(spdlog::level::level_enum level) noexcept {
    switch (level) {
        case spdlog::level::trace:
            return "trace";
        case spdlog::level::debug:
            return "debug";
        case spdlog::level::info:
            return "info";
        case spdlog::level::warn:
            return "warning";
        default:
            return "error";
    }
}

/// Length of the valid UTF-8 character that `text` begins with; 0 when it begins with none (Unicode
/// 15, table 3-7).
std::size_t utf8_length(std::string_view text) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xC0U) != 0x80) return 0;
    const unsigned second = at(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

/// Control characters as \u00XX, what is not UTF-8 as the replacement character; with `json` also "
/// and \ escaped.
std::string escaped(std::string_view text, bool json) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const auto code = static_cast<unsigned char>(text[0]);
        if (length == 0)
            out += "\xEF\xBF\xBD";
        else if (code < 0x20 || code == 0x7F)
            out += fmt::format("\\u{:04x}", code);
        else {
            if (json && (code == '"' || code == '\\')) out += '\\';
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

/// "2025-03-01T12:00:00.123456Z".
std::string time_text(spdlog::log_clock::time_point when) {
    using std::chrono::microseconds;
    const std::int64_t us =
        std::chrono::duration_cast<microseconds>(when.time_since_epoch()).count();
    const auto seconds = static_cast<std::time_t>(us / 1'000'000);
    const std::tm utc = fmt::gmtime(seconds);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900,
                       utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                       us % 1'000'000);
}

class LineFormatter final : public spdlog::formatter {
  public:
    explicit LineFormatter(LogFormat format) : format_(format) {}
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const std::string_view text{message.payload.data(), message.payload.size()};
        const char* const pattern =
            format_ == LogFormat::Json ? "{{\"time\":\"{}\",\"level\":\"{}\",\"message\":\"{}\"}}\n"
                                       : "{} {:7} {}\n";
        fmt::format_to(std::back_inserter(out), fmt::runtime(pattern), time_text(message.time),
                       name_of(message.level), escaped(text, format_ == LogFormat::Json));
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LineFormatter>(format_);
    }

  private:
    LogFormat format_;
};

class SpdlogLogger final : public Logger {
  public:
    SpdlogLogger(LogLevel level, LogFormat format, std::ostream& out)
        : logger_("midinet", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true)) {
        SpdlogLogger::set_level(level);
        SpdlogLogger::set_format(format);
    }
    void set_level(LogLevel level) override { logger_.set_level(to_spdlog(level)); }
    void set_format(LogFormat format) override {
        logger_.set_formatter(std::make_unique<LineFormatter>(format));
    }
    void log(LogLevel level, std::string_view message) override {
        logger_.log(to_spdlog(level), spdlog::string_view_t{message.data(), message.size()});
    }

  private:
    spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<Logger> make_logger(LogLevel level, LogFormat format) {
    return make_logger(level, format, std::cerr);
}

std::unique_ptr<Logger> make_logger(LogLevel level, LogFormat format, std::ostream& out) {
    return std::make_unique<SpdlogLogger>(level, format, out);
}

}  // namespace midinet::control
