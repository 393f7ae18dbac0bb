// Makes a whole program out of the double: time goes by itself, and the MIDI server writes down
// what the program gives to it, and plays to it what a test wants an application to play.
//
// In the folder that MIDINET_DOUBLE names:
//   port-N.name   what the N-th source that was made is called, in UTF-8; removed when it is gone
//   port-N.id     its unique id
//   port-N.bytes  what came out of it, one after the other
//   say-N         made by the test: lines of hexadecimal bytes, each a packet that an application
//                 plays into the N-th destination; a line "gone" ends the MIDI server, which is
//                 there again at once, without what anybody had. Removed once it is said.
#include "clock.hpp"
#include "core_midi.hpp"
#include "machine.hpp"

#include <pthread.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace midinet::macos_double {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
    const char* const named = std::getenv("MIDINET_DOUBLE");
    return named != nullptr ? named : "";
}

fs::path place(std::size_t number, const std::string& what) {
    return folder() / ("port-" + std::to_string(number) + what);
}

void write_down(const fs::path& path, const std::string& text) {
    std::ofstream(path.string() + "~", std::ios::binary) << text;
    fs::rename(path.string() + "~", path);
}

/// A program with one MIDI server, and an application beside it on a thread of its own.
class Stage final : public MidiWitness {
  public:
    Stage() {
        MidiServer::set_witness(this);
        // No two programs draw the same ones by chance.
        MidiServer::instance().draw_ids_from(1000 * static_cast<MIDIUniqueID>(::getpid()));
        speaker_ = std::jthread([this](const std::stop_token& stop) { speak(stop); });
    }
    ~Stage() override {
        speaker_ = {};
        save();
        MidiServer::set_witness(nullptr);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void on_made(const Endpoint& endpoint) override {
        const std::lock_guard lock(mutex_);
        auto& list = endpoint.is_source ? sources_ : destinations_;
        list.push_back(endpoint);
        if (!endpoint.is_source) return;
        waiting_.emplace_back();
        write_down(place(list.size() - 1, ".name"), endpoint.texts.at("name"));
        write_down(place(list.size() - 1, ".id"), std::to_string(endpoint.id));
    }
    void on_id(const Endpoint& endpoint) override {
        const std::lock_guard lock(mutex_);
        if (const auto number = number_of(endpoint); number && endpoint.is_source)
            write_down(place(*number, ".id"), std::to_string(endpoint.id));
    }
    void on_gone(const Endpoint& endpoint) override {
        const std::lock_guard lock(mutex_);
        if (const auto number = number_of(endpoint); number && endpoint.is_source)
            fs::remove(place(*number, ".name"));
    }
    void on_sent(const Endpoint& source, const Sent& packet) override {
        const std::lock_guard lock(mutex_);
        auto& waiting = waiting_[number_of(source).value()];
        waiting.insert(waiting.end(), packet.bytes.begin(), packet.bytes.end());
    }

  private:
    std::optional<std::size_t> number_of(const Endpoint& endpoint) const {
        const auto& list = endpoint.is_source ? sources_ : destinations_;
        for (std::size_t i = 0; i < list.size(); ++i)
            if (list[i].ref == endpoint.ref) return i;
        return std::nullopt;
    }
    void save() {
        std::vector<Bytes> taken;
        {
            const std::lock_guard lock(mutex_);
            taken = std::exchange(waiting_, std::vector<Bytes>(waiting_.size()));
        }
        for (std::size_t i = 0; i < taken.size(); ++i)
            if (!taken[i].empty())
                std::ofstream(place(i, ".bytes"), std::ios::binary | std::ios::app)
                    .write(reinterpret_cast<const char*>(taken[i].data()),
                           static_cast<std::streamsize>(taken[i].size()));
    }
    void speak(const std::stop_token& stop) {
        sigset_t all;  // signals are the program's
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
        while (!stop.stop_requested()) {
            save();
            std::unique_lock lock(mutex_);
            const auto destinations = destinations_;
            lock.unlock();
            for (std::size_t i = 0; i < destinations.size(); ++i) say_all(i, destinations[i]);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    static void say_all(std::size_t number, const Endpoint& destination) {
        const auto path = folder() / ("say-" + std::to_string(number));
        std::ifstream file(path);
        if (!file.is_open()) return;
        for (std::string line; std::getline(file, line);) say(line, destination);
        fs::remove(path);
    }
    static void say(const std::string& line, const Endpoint& destination) {
        if (line == "gone") return MidiServer::instance().restart();
        Played packet;
        for (std::size_t at = 0; at + 1 < line.size(); at += 2) {
            std::uint8_t byte = 0;
            std::from_chars(&line[at], &line[at] + 2, byte, 16);
            packet.bytes.push_back(byte);
        }
        MidiServer::play(destination, {packet});
    }

    std::mutex mutex_;
    std::vector<Endpoint> sources_;  ///< all that ever were, by number
    std::vector<Endpoint> destinations_;
    std::vector<Bytes> waiting_;  ///< by source; to be written down
    std::jthread speaker_;
};

/// A machine to be told of, with numbers of its own that a test can know again.
void describe_machine() {
    auto& about = machine();
    const std::uint64_t bytes = std::uint64_t{8} << 30U;
    about.by_name["hw.memsize"] = std::string(reinterpret_cast<const char*>(&bytes), sizeof bytes);
    about.by_name["kern.bootsessionuuid"] = "6F1ED1C4-2A5D-4D3B-9E0C-000000000001";
    about.pages.internal_page_count = 65'536;
    about.pages.wire_count = 65'536;
}

/// Before main.
const bool begun = [] {
    go_live();
    describe_machine();
    static Stage stage;
    return true;
}();

}  // namespace
}  // namespace midinet::macos_double
