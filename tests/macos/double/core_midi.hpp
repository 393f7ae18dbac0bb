// The MIDI server of the double, as tests see and steer it.
#pragma once

#include <CoreMIDI/CoreMIDI.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace midinet::macos_double {

using Bytes = std::vector<std::uint8_t>;

struct Endpoint {
    MIDIEndpointRef ref = 0;
    MIDIClientRef client = 0;
    bool is_source = true;
    std::map<std::string, std::string> texts;  ///< by property: "name", "manufacturer", "model"
    MIDIUniqueID id = 0;
    MIDIReadProc read = nullptr;
    void* context = nullptr;
};

/// One packet that a virtual source gave out.
struct Sent {
    std::string source;    ///< its name
    std::size_t list = 0;  ///< which call of MIDIReceived
    MIDITimeStamp stamp = 0;
    Bytes bytes;
    friend bool operator==(const Sent&, const Sent&) = default;
};

/// One packet of an application's.
struct Played {
    MIDITimeStamp stamp = 0;
    Bytes bytes;
};

/// Told of what happens, on the thread of whoever called.
class MidiWitness {
  public:
    virtual ~MidiWitness() = default;
    virtual void on_made(const Endpoint& endpoint) = 0;
    virtual void on_id(const Endpoint& endpoint) = 0;
    virtual void on_gone(const Endpoint& endpoint) = 0;
    virtual void on_sent(const Endpoint& source, const Sent& packet) = 0;
};

/// All of the system's clients and endpoints. Thread: one of its own; the functions of CoreMIDI and
/// play() may be called on any.
class MidiServer {
  public:
    static MidiServer& instance();
    /// Whoever is told, and then what was sent is not kept here. Nobody: nullptr.
    static void set_witness(MidiWitness* witness);
    /// Ids that it draws from now on.
    void draw_ids_from(MIDIUniqueID id) { next_id_ = id; }
    /// As at the start of the machine, but for ids that it draws: never the same again.
    void reset();

    const Endpoint* find(const std::string& name, bool is_source) const;
    std::vector<Endpoint> endpoints() const;
    std::size_t clients() const { return clients_.size(); }
    const std::vector<Sent>& sent() const { return sent_; }
    /// Names of the functions that were called, in order.
    const std::vector<std::string>& calls() const { return calls_; }
    /// The next call of `function` gives `status` and does nothing.
    void refuse(const std::string& function, OSStatus status) { refusals_[function] = status; }
    /// Somebody else's object has this id from now on.
    void occupy(MIDIUniqueID id) { foreign_ids_.insert(id); }
    void vacate(MIDIUniqueID id) { foreign_ids_.erase(id); }
    /// The server ends and is started anew: whoever had something has nothing.
    void restart();
    /// Calls the read procedure of the destination with one list of these packets, on the caller's
    /// thread.
    static void play(const Endpoint& destination, const std::vector<Played>& packets);

    // What the functions do.
    OSStatus enter(const std::string& function);
    OSStatus add_client(MIDIClientRef* made);
    OSStatus remove_client(MIDIClientRef client);
    OSStatus add(Endpoint endpoint, const std::string& name, MIDIEndpointRef* made);
    OSStatus remove(MIDIEndpointRef endpoint);
    OSStatus set_text(MIDIObjectRef object, const std::string& property, const std::string& text);
    OSStatus set_id(MIDIObjectRef object, MIDIUniqueID id);
    OSStatus get_id(MIDIObjectRef object, MIDIUniqueID* id) const;
    OSStatus receive(MIDIEndpointRef source, const MIDIPacketList& list);

  private:
    bool is_free(MIDIUniqueID id) const;

    MIDIObjectRef next_ref_ = 1;
    MIDIUniqueID next_id_ = -1'000'000;
    std::set<MIDIClientRef> clients_;
    std::map<MIDIEndpointRef, Endpoint> endpoints_;
    std::set<MIDIUniqueID> foreign_ids_;
    std::map<std::string, OSStatus> refusals_;
    std::vector<Sent> sent_;
    std::size_t lists_ = 0;
    std::vector<std::string> calls_;
};

}  // namespace midinet::macos_double
