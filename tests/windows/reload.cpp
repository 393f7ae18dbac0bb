// reload PROGRAM.exe: has each process of that name take its configuration anew, as the line of
// PowerShell in docs/windows.md does. Exit code 1: there is none that listens for it.

#include <windows.h>

#include <string>
#include <tlhelp32.h>

namespace {

bool reload(DWORD process) {
    const auto name = L"Local\\MIDInet-reload-" + std::to_wstring(process);
    const HANDLE event = ::OpenEventW(EVENT_MODIFY_STATE, FALSE, name.c_str());
    if (event == nullptr) return false;
    const bool set = ::SetEvent(event) != 0;
    ::CloseHandle(event);
    return set;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string program = argv[1];
    const HANDLE all = ::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (all == INVALID_HANDLE_VALUE) return 1;
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof entry;
    bool told = false;
    for (BOOL more = ::Process32FirstW(all, &entry); more != 0;
         more = ::Process32NextW(all, &entry))
        if (std::wstring(entry.szExeFile) == std::wstring(program.begin(), program.end()))
            told = reload(entry.th32ProcessID) || told;
    ::CloseHandle(all);
    return told ? 0 : 1;
}
