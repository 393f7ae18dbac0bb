// Stands for teVirtualMIDI64.dll: makes no MIDI device, but writes down what a program would have
// given to it, and says to the program what a test wants an application to have sent.
//
// In the folder that MIDINET_DOUBLE names:
//   port-N.name   what the N-th port that was made is called, in UTF-8; removed when it is closed
//   port-N.bytes  what was sent to it, one after the other
//   say-N         made by the test: lines of hexadecimal bytes, each a message that an application
//                 sends to port N; a line "gone" takes the driver away. Removed once it is said.
// MIDINET_DOUBLE_REFUSES: the Windows error with which no port is made.
// MIDINET_DOUBLE_HIDES: ports are made, but Windows does not show them.

#include <windows.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Heard = void(CALLBACK*)(void* port, BYTE* bytes, DWORD size, DWORD_PTR about);

std::atomic<int> g_made{0};
std::atomic<unsigned> g_shown{0};

std::string setting(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string in_folder(const std::string& name) { return setting("MIDINET_DOUBLE") + "/" + name; }

std::string utf8(const wchar_t* text) {
    std::string out(256, '\0');
    const int size = ::WideCharToMultiByte(CP_UTF8, 0, text, -1, out.data(),
                                           static_cast<int>(out.size()), nullptr, nullptr);
    out.resize(size > 0 ? static_cast<std::size_t>(size) - 1 : 0);
    return out;
}

class Port {
  public:
    Port(const wchar_t* name, Heard heard, DWORD_PTR about)
        : number_(std::to_string(g_made++)),
          heard_(heard),
          about_(about),
          sent_(in_folder("port-" + number_ + ".bytes"), std::ios::binary) {
        std::ofstream(in_folder("port-" + number_ + ".name"), std::ios::binary) << utf8(name);
        speaker_ = std::jthread([this](const std::stop_token& stop) { speak(stop); });
    }
    ~Port() {
        speaker_ = {};
        write_down();
        ::DeleteFileA(in_folder("port-" + number_ + ".name").c_str());
    }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    /// As quick as a driver: the disk is another thread's.
    bool send(const BYTE* bytes, DWORD size) {
        const std::lock_guard lock(mutex_);
        waiting_.append(bytes, bytes + size);
        return true;
    }

  private:
    void write_down() {
        std::string taken;
        {
            const std::lock_guard lock(mutex_);
            taken.swap(waiting_);
        }
        if (!taken.empty()) sent_ << taken << std::flush;
    }
    /// As the driver: on a thread of its own.
    void speak(const std::stop_token& stop) {
        const auto path = in_folder("say-" + number_);
        while (!stop.stop_requested()) {
            write_down();
            std::ifstream file(path);
            for (std::string line; std::getline(file, line);) say(line);
            if (file.is_open()) {
                file.close();
                ::DeleteFileA(path.c_str());
            }
            ::Sleep(50);  // each look costs Wine a search through the folder
        }
    }
    void say(const std::string& line) {
        if (line == "gone") return heard_(this, nullptr, 0, about_);
        std::vector<BYTE> bytes;
        for (std::size_t at = 0; at + 1 < line.size(); at += 2) {
            BYTE byte = 0;
            std::from_chars(&line[at], &line[at] + 2, byte, 16);
            bytes.push_back(byte);
        }
        heard_(this, bytes.data(), static_cast<DWORD>(bytes.size()), about_);
    }

    std::string number_;
    Heard heard_;
    DWORD_PTR about_;
    std::mutex mutex_;
    std::string waiting_;  ///< to be written down
    std::ofstream sent_;
    std::jthread speaker_;
};

}  // namespace

extern "C" {

__declspec(dllexport) void* CALLBACK
    virtualMIDICreatePortEx2(const wchar_t* name, Heard heard, DWORD_PTR about,
                             DWORD /*longest_sysex*/, DWORD /*flags*/) {
    if (const auto error = setting("MIDINET_DOUBLE_REFUSES"); !error.empty()) {
        ::SetLastError(static_cast<DWORD>(std::stoul(error)));
        return nullptr;
    }
    if (setting("MIDINET_DOUBLE_HIDES").empty()) ++g_shown;
    return new Port(name, heard, about);
}

__declspec(dllexport) void CALLBACK virtualMIDIClosePort(void* port) {
    delete static_cast<Port*>(port);
    if (setting("MIDINET_DOUBLE_HIDES").empty()) --g_shown;
}

__declspec(dllexport) BOOL CALLBACK virtualMIDISendData(void* port, const BYTE* bytes, DWORD size) {
    return static_cast<Port*>(port)->send(bytes, size) ? TRUE : FALSE;
}

/// What the other double answers with.
__declspec(dllexport) unsigned CALLBACK doubleShownPorts() { return g_shown; }

}  // extern "C"
