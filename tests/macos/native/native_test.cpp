// The layer with the system itself: an application of this test's own plays into the port and hears
// it.
#include "platform/macos/cf_string.hpp"
#include "platform/macos/coremidi_port.hpp"
#include "platform/macos/kqueue_waiter.hpp"
#include "unit/platform/temp_dir.hpp"

#include <CoreMIDI/CoreMIDI.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

namespace midinet::platform {
namespace {

using Bytes = std::vector<std::uint8_t>;

io::DeviceInfo device() {
    return {.name = "MIDInet Test Surface",
            .manufacturer = "MIDInet",
            .product = "Surface",
            .serial = {},
            .ports = {"one"}};
}

/// What an application hears of one source.
class Application {
  public:
    Application() {
        const CfString name("MIDInet test application");
        works_ = MIDIClientCreate(name.get(), nullptr, nullptr, &client_) == noErr &&
                 MIDIInputPortCreate(client_, name.get(), on_packets, this, &in_) == noErr &&
                 MIDIOutputPortCreate(client_, name.get(), &out_) == noErr;
    }
    ~Application() {
        if (client_ != 0) MIDIClientDispose(client_);
    }
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    bool works() const { return works_; }
    bool listen(MIDIUniqueID id) {
        return MIDIPortConnectSource(in_, static_cast<MIDIEndpointRef>(object(id)), nullptr) ==
               noErr;
    }
    void play(MIDIUniqueID id, const Bytes& bytes) {
        MIDIPacketList list;
        auto* const packet = MIDIPacketListInit(&list);
        MIDIPacketListAdd(&list, sizeof list, packet, 0, bytes.size(), bytes.data());
        EXPECT_EQ(MIDISend(out_, static_cast<MIDIEndpointRef>(object(id)), &list), noErr);
    }
    /// Once there are as many, or after ten seconds.
    Bytes heard(std::size_t count) {
        for (int i = 0; i < 1000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                if (heard_.size() >= count) return heard_;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        const std::lock_guard lock(mutex_);
        return heard_;
    }
    static MIDIObjectRef object(MIDIUniqueID id) {
        MIDIObjectRef found = 0;
        MIDIObjectType type{};
        EXPECT_EQ(MIDIObjectFindByUniqueID(id, &found, &type), noErr);
        return found;
    }

  private:
    static void on_packets(const MIDIPacketList* list, void* self, void*) {
        auto& application = *static_cast<Application*>(self);
        const std::lock_guard lock(application.mutex_);
        const MIDIPacket* packet = &list->packet[0];
        for (UInt32 i = 0; i < list->numPackets; ++i, packet = MIDIPacketNext(packet))
            application.heard_.insert(application.heard_.end(), &packet->data[0],
                                      &packet->data[0] + packet->length);
    }
    MIDIClientRef client_ = 0;
    MIDIPortRef in_ = 0;
    MIDIPortRef out_ = 0;
    bool works_ = false;
    std::mutex mutex_;
    Bytes heard_;
};

class MacNative : public testing::Test {
  protected:
    void SetUp() override {
        if (!application_.works()) GTEST_SKIP() << "this machine has no MIDI server for this user";
        open();
    }
    void open() {
        auto made = CoreMidiPortOpener("", ids_).open(device());
        ASSERT_TRUE(made) << made.error().message;
        port_ = std::move(*made);
    }
    MIDIUniqueID id(bool is_source) const {
        const auto known = ids_.known({.is_source = is_source, .name = "MIDInet Test Surface"});
        return known.empty() ? 0 : known.front();
    }
    TempDir directory_;
    EndpointIds ids_{directory_.path() / "ids"};
    Application application_;
    std::unique_ptr<io::VirtualPort> port_;
};

TEST_F(MacNative, AnApplicationHearsALongSysExByteForByte) {
    ASSERT_TRUE(application_.listen(id(true)));
    Bytes whole(1024, 0x22);
    whole.front() = 0xF0;
    whole.back() = 0xF7;
    EXPECT_EQ(port_->write({}, Bytes{0x90, 60, 100}, SteadyClock{}.now()), io::WriteResult::Taken);
    EXPECT_EQ(port_->write({}, whole, SteadyClock{}.now()), io::WriteResult::Taken);
    whole.insert(whole.begin(), {0x90, 60, 100});
    EXPECT_EQ(application_.heard(whole.size()), whole);
}

TEST_F(MacNative, WhatAnApplicationPlaysWakesTheEngineAndIsRead) {
    const auto waiter = KqueueWaiter::create().value();
    auto& feedback = *port_->feedback();
    ASSERT_TRUE(waiter->watch(feedback.handles()[0], 7, true, false));
    application_.play(id(false), {0xB0, 7, 127});
    std::array<io::Ready, 4> ready;
    ASSERT_EQ(waiter->wait(SteadyClock{}.now() + 10s, ready), 1U);
    Bytes buffer(64);
    const auto got = feedback.read(buffer, SteadyClock{}.now());
    buffer.resize(got.size);
    EXPECT_EQ(buffer, (Bytes{0xB0, 7, 127}));
}

TEST_F(MacNative, NamesAndIdsAreThereAgainAfterAnotherStart) {
    const auto source = id(true);
    port_.reset();
    open();
    CFStringRef name = nullptr;
    ASSERT_EQ(MIDIObjectGetStringProperty(Application::object(source), kMIDIPropertyName, &name),
              noErr);
    EXPECT_EQ(CFStringCompare(name, CfString(device().name).get(), 0), 0);
    CFRelease(name);
}

TEST(KqueueNative, AWakeUpFromAnotherThreadEndsAWaitForEver) {
    const auto waiter = KqueueWaiter::create().value();
    std::thread other([&] { waiter->wake(); });
    std::array<io::Ready, 1> ready;
    EXPECT_EQ(waiter->wait(kNever, ready), 0U);
    other.join();
}

TEST(KqueueNative, APipeIsReadableAndItsEndIsBoth) {
    const auto waiter = KqueueWaiter::create().value();
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe(ends), 0);
    const FileDescriptor reader(ends[0]);
    FileDescriptor writer(ends[1]);
    ASSERT_TRUE(waiter->watch(reader.get(), 3, true, false));
    std::array<io::Ready, 2> ready;
    EXPECT_EQ(waiter->wait(SteadyClock{}.now() + 1ms, ready), 0U);
    writer.close();
    ASSERT_EQ(waiter->wait(SteadyClock{}.now() + 10s, ready), 1U);
    EXPECT_TRUE(ready[0].readable && ready[0].writable);
    waiter->set_interest(reader.get(), 3, false, false);
    EXPECT_EQ(waiter->wait(SteadyClock{}.now() + 1ms, ready), 0U);
}

}  // namespace
}  // namespace midinet::platform
