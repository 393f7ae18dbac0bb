#include "admin/ws/audience.hpp"

#include <charconv>
#include <utility>

namespace midinet::admin {

std::optional<Feed::Place> place_in(const Parameters& parameters) {
    const auto run = parameters.find("run");
    const auto seq = parameters.find("seq");
    if (run == parameters.end() || seq == parameters.end()) return std::nullopt;
    Feed::Place place{run->second, 0};
    const auto* end = seq->second.data() + seq->second.size();
    const auto [read, error] = std::from_chars(seq->second.data(), end, place.seq);
    if (error != std::errc{} || read != end) return std::nullopt;
    return place;
}

class Audience::Member final : public SocketEnd {
  public:
    Member(Audience& audience, std::optional<Feed::Place> place)
        : audience_(audience), place_(std::move(place)) {}
    ~Member() override { audience_.members_.erase(this); }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    void on_open(SocketLine& line) override {
        line_ = &line;
        for (auto& text : audience_.feed_.catch_up(place_)) send(std::move(text));
        audience_.members_.insert(this);
    }
    void on_room() override {
        if (missed_ == 0 || line_->queued() > 0) return;
        const auto missed = std::exchange(missed_, 0);
        send(audience_.feed_.snapshot(missed));
    }
    /// Once it missed one, the next deltas are of no use to it.
    void send(SocketText text) {
        if (missed_ == 0 && line_->send(std::move(text))) return;
        ++missed_;
        ++audience_.dropped_;
    }

  private:
    Audience& audience_;
    std::optional<Feed::Place> place_;
    SocketLine* line_ = nullptr;
    std::uint64_t missed_ = 0;
};

Audience::~Audience() = default;

void Audience::advance(control::JsonValue state) {
    const auto text = feed_.advance(std::move(state));
    for (auto* member : members_) member->send(text);
}

std::unique_ptr<SocketEnd> Audience::join(std::optional<Feed::Place> place) {
    return std::make_unique<Member>(*this, std::move(place));
}

}  // namespace midinet::admin
