#include "engine/network_care.hpp"

namespace midinet::engine {

bool NetworkCare::on_timer(TimePoint now) {
    constexpr Duration kEvery = 1s;
    if (now < next_) return false;
    next_ = now + kEvery;
    const auto tended = network_.tend();
    for (const auto& news : tended.news) logger_.info(news);
    return tended.replaced;
}

}  // namespace midinet::engine
