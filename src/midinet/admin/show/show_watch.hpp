// Hears a show, asks its hosts, and makes pictures of it.
#pragma once

#include "admin/show/picture.hpp"
#include "admin/show/tap_watch.hpp"
#include "base/random.hpp"
#include "control/config_sections.hpp"
#include "control/plane/command_sender.hpp"
#include "control/plane/station.hpp"
#include "io/clock.hpp"
#include "io/service_directory.hpp"
#include "io/waiter.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace midinet::admin {

/// A command to the hosts of one device's show.
struct Question {
    DeviceSlot device{1};
    /// Its id and sender are filled in.
    control::plane::Command command{};
    Duration patience = control::plane::CommandSender::kPatience;
    /// Called once, on the watch's thread: with what came of it, or nothing where no answer came.
    std::function<void(const std::optional<control::plane::CommandResult>&)> done;
};

/// Needs no server, is needed by none: it hears what every box says once a second. Runs on its own
/// thread; pictures and questions cross to it and from it.
class ShowWatch {
  public:
    /// Lifetime: all of it outlives the watch.
    struct Surroundings {
        io::Network& network;
        io::Clock& clock;
        io::Waiter& waiter;
        std::uint64_t seed = 0;  ///< of this run alone: ids are made of it
        std::function<std::int64_t()> unix_ms;
        std::function<Result<std::unique_ptr<io::ServiceBrowser>>(const io::ServiceScope&)>
            make_browser;                             ///< may be empty
        std::function<void(const std::string&)> say;  ///< news for people
        std::function<io::SystemReading()> read_system;
    };
    static constexpr Duration kPictureInterval = 250ms;
    static constexpr std::size_t kMostQuestions = 64;  ///< at once

    ShowWatch(Surroundings with, control::NetworkConfig config);
    ~ShowWatch();
    ShowWatch(const ShowWatch&) = delete;
    ShowWatch& operator=(const ShowWatch&) = delete;

    /// Waits for what comes next and takes it. Thread: one, always the same.
    void turn();
    /// Called on that thread with every new picture.
    void on_picture(std::function<void(PicturePtr)> take) { take_ = std::move(take); }

    /// Called on that thread with what is tapped, 30 times a second at most.
    void on_taps(std::function<void(TapBatch)> take) { take_taps_ = std::move(take); }
    /// From now on these are tapped. Thread: any.
    void tap(TapWants wants);

    /// What this admin is, and what is wrong with it.
    struct Introduction {
        control::plane::AdminStatus status;
        std::vector<control::Finding> findings;
    };
    /// Called on that thread once a second, before it is said to others. `boot`: higher in each run
    /// of this id.
    void introduce(std::function<Introduction()> self, Epoch boot);

    /// The latest one; never null. Thread: any.
    PicturePtr picture() const;
    /// False, and nothing is done: too many wait, or it is closed. Thread: any.
    bool ask(Question question);
    /// Others are told that this admin ends. Whoever waits for an answer is told that none came;
    /// nobody is asked any more. Last, on the watch's thread, while whoever asked still lives.
    void close();

  private:
    struct Show {
        DevicePicture picture;
        control::HostFinder finder;
        std::unique_ptr<control::plane::Station> station;
    };
    struct Asked {
        DeviceSlot device;
        control::plane::CommandSender sender;
        std::function<void(const std::optional<control::plane::CommandResult>&)> done;
    };

    void look_at_network(TimePoint now);
    void say_who_is_here(TimePoint now);
    void open_what_is_missing();
    Result<void> open(Show& show);
    void open_browser();
    void watch_all();
    void add_show(DeviceSlot slot);
    void take(Show& show, const control::plane::Station::Heard& heard, TimePoint now);
    void take_questions(TimePoint now);
    void look_up();
    void serve_questions(TimePoint now);
    void serve_taps(TimePoint now);
    void publish(TimePoint now);
    TimePoint next_due() const;

    Surroundings with_;
    control::NetworkConfig config_;
    Random random_;
    SenderId own_;
    std::vector<std::unique_ptr<Show>> shows_;  ///< the first one always; in order
    std::unique_ptr<io::ServiceBrowser> browser_;
    std::string dns_sd_trouble_;
    bool browser_refused_ = false;
    std::vector<std::string> interfaces_;
    std::string trouble_;
    io::SystemReading system_;
    control::plane::MachineBook machines_;
    control::plane::AdminBook admins_;
    std::function<Introduction()> introduce_;  ///< empty: nothing is said
    Introduction self_;
    Epoch boot_;
    io::Endpoint own_address_;  ///< where it hears itself from
    std::vector<Asked> asked_;
    std::function<void(PicturePtr)> take_;
    TapWatch taps_;
    std::function<void(TapBatch)> take_taps_;
    std::int64_t began_unix_ms_;
    std::uint64_t not_understood_ = 0;
    std::uint64_t pictures_ = 0;
    TimePoint next_care_;
    TimePoint next_picture_;

    mutable std::mutex shared_;
    std::vector<Question> questions_;  ///< guarded by shared_
    bool closed_ = false;              ///< likewise
    PicturePtr picture_;               ///< likewise
};

}  // namespace midinet::admin
