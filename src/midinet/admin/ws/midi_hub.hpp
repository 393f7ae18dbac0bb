// /ws/midi: the MIDI that passes, decoded, for as many as look.
#pragma once

#include "admin/http/problem.hpp"
#include "admin/routes/picture_route.hpp"
#include "admin/serve/http_server.hpp"
#include "admin/show/tap_watch.hpp"
#include "admin/ws/midi_filter.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace midinet::admin {

/// Has boxes tapped only as long as a socket shows them. Each socket chooses by its parameters, and
/// anew by what it sends. Of a reader that is too slow messages are dropped, and counted.
/// Lifetime: outlives the server. Thread: the server's.
class MidiHub {
  public:
    static constexpr std::size_t kMostReaders = 64;
    static constexpr std::size_t kMostOfOneAddress = 16;
    static constexpr std::size_t kMostEvents = 512;  ///< of one message; what is more is dropped
    using Want = std::function<void(TapWants)>;

    /// `want`: has these tapped from now on, and no others.
    MidiHub(PictureRoute::Latest latest, Want want)
        : latest_(std::move(latest)), want_(std::move(want)) {}
    ~MidiHub();
    MidiHub(const MidiHub&) = delete;
    MidiHub& operator=(const MidiHub&) = delete;

    /// Hosts came or went.
    void on_picture(const Picture& picture);
    void on_batch(const TapBatch& batch);
    /// Errors: what to answer instead.
    tl::expected<std::unique_ptr<SocketEnd>, Response> join(const Request& request);
    std::size_t members() const noexcept { return members_.size(); }
    std::uint64_t dropped() const noexcept { return dropped_; }  ///< events, of all sockets ever

  private:
    class Member;
    using Place = std::pair<DeviceSlot, SenderId>;
    struct Box {
        control::TapState state = control::TapState::Asked;
        std::string why;
        control::plane::TapPoints points = 0;  ///< live ones
    };
    /// An event of a batch, and its text once somebody shows it.
    struct Passed {
        Place place;
        const control::plane::TapEvent* event = nullptr;
        std::string text;
    };
    tl::expected<SenderId, std::string> box_of(const MidiFilter& filter) const;
    std::set<SenderId> boxes_of(const Member& member, const Picture& picture) const;
    static std::string_view state_of(const Box& box, control::plane::TapPoint point) noexcept;
    control::JsonValue taps_of(const Member& member, const Picture& picture) const;
    void refresh(const Picture& picture);
    void show(Member& member, const TapBatch& batch, std::vector<Passed>& all,
              const Picture& picture);
    static std::string text_of(const Passed& passed, const TapBatch& batch, const Picture& picture);

    PictureRoute::Latest latest_;
    Want want_;
    TapWants wanted_;
    std::map<Place, Box> boxes_;
    std::set<Member*> members_;
    std::uint64_t dropped_ = 0;
};

}  // namespace midinet::admin
