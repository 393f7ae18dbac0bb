// Tuning a machine: what is to be set, set, and put back.
#include "control/cli/tune.hpp"

#include "control/tuning/tuner.hpp"
#include "unit/control/cli/fake_settings.hpp"
#include "unit/control/cli/golden.hpp"

#include <gmock/gmock.h>

namespace midinet::control::tuning {
namespace {

using cli::Act;
using cli::testing::expect_golden;
using testing::FakeSettings;
using ::testing::HasSubstr;
using testing::stage_machine;

constexpr const char* kRecord = "/run/midinet-tune/former.json";
constexpr const char* kGovernor = "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor";
constexpr const char* kReceive = "/proc/sys/net/core/rmem_max";
constexpr const char* kRuntime = "/proc/sys/kernel/sched_rt_runtime_us";

Plan plan_for(const FakeSettings& files) { return plan_of(read_settings(files)); }

const Setting* find(const Plan& plan, const std::string& path) {
    for (const auto& one : plan.settings)
        if (one.path == path) return &one;
    return nullptr;
}

std::vector<std::string> to_be_set(const Plan& plan) {
    std::vector<std::string> names;
    for (const auto& one : plan.settings)
        if (!one.good) names.push_back(one.name + ": " + one.wanted);
    return names;
}

TEST(TuningPlan, WantsWhatIsNotAsItShouldBe) {
    EXPECT_THAT(to_be_set(plan_for(stage_machine())),
                ::testing::ElementsAre(
                    "CPU governor, policy0: performance", "interrupt 39, eth0: 0",
                    "interrupt 40, eth0: 0", "interrupt 51, wlan0: 0", "net.core.rmem_max: 4194304",
                    "kernel.sched_rt_runtime_us: 950000", "USB power, 1-1.2 APC40: on"));
}

TEST(TuningPlan, AnInterruptThatIsServedThereIsGood) {
    EXPECT_TRUE(find(plan_for(stage_machine()), "/proc/irq/50/smp_affinity_list")->good);
}

TEST(TuningPlan, WhatIsMoreThanEnoughStays) {
    auto machine = stage_machine();
    for (const char* runtime : {"950000", "990000", "-1"}) {
        machine.files[kRuntime] = runtime;
        EXPECT_TRUE(find(plan_for(machine), kRuntime)->good) << runtime;
    }
    machine.files["/proc/sys/kernel/sched_rt_period_us"] = "100000";
    machine.files[kRuntime] = "94999";
    EXPECT_EQ(find(plan_for(machine), kRuntime)->wanted, "95000") << "a share of its period";
    EXPECT_TRUE(find(plan_for(machine), "/proc/sys/net/core/wmem_max")->good);
}

TEST(TuningPlan, WhatAMachineLacksIsSaid) {
    const auto plan = plan_for(FakeSettings{});
    EXPECT_TRUE(plan.settings.empty());
    EXPECT_EQ(plan.lacks.size(), 6U) << "both buffers are told";
    auto machine = stage_machine();
    machine.files["/sys/devices/system/cpu/online"] = "0";
    machine.files["/sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors"] =
        "powersave";
    const auto lacks = plan_for(machine).lacks;
    ASSERT_EQ(lacks.size(), 2U);
    EXPECT_EQ(lacks[0].text, "policy0 has no governor \"performance\"");
    EXPECT_THAT(lacks[1].text, HasSubstr("one CPU"));
}

TEST(TuningPlan, TellsWhichCpusAreLeftAndWhoMovesInterrupts) {
    auto machine = stage_machine();
    const auto left = [&](const char* online) {
        machine.files["/sys/devices/system/cpu/online"] = online;
        const auto note = plan_for(machine).notes.at(0);
        return note.substr(0, note.find(';'));
    };
    EXPECT_EQ(left("0-3"), "left to the engine: CPU 1-3");
    EXPECT_EQ(left("0-1"), "left to the engine: CPU 1");
    EXPECT_EQ(left("0,2-3"), "left to the engine: CPU 2-3");
    EXPECT_EQ(left("2-4,7"), "left to the engine: CPU 3-4,7");
    EXPECT_EQ(find(plan_for(machine), "/proc/irq/39/smp_affinity_list")->wanted, "2");
    machine.files["/run/irqbalance/irqbalance12.sock"] = "";
    EXPECT_THAT(plan_for(machine).notes.back(), HasSubstr("disable --now irqbalance"));
}

TEST(TuningInterrupts, AreKnownByWhoseTheyAre) {
    const auto uses = interrupts_of(
        "      CPU0 CPU1\n"
        "  9:  1 0 IO-APIC 9-fasteoi acpi\n"
        " 16:  1 0 IO-APIC 16-fasteoi nvkm, ehci_hcd:usb1\n"
        " 30:  1 0 PCI-MSI 5-edge enp3s0-TxRx-0\n"
        " 31:  1 0 PCI-MSI 6-edge enp3s01\n"
        " 32:  1\n"
        "NMI:  1 0 Non-maskable enp3s0\n",
        {"enp3s0"});
    ASSERT_EQ(uses.size(), 2U);
    EXPECT_EQ(uses[0].number, 16U);
    EXPECT_EQ(uses[0].user, "ehci_hcd:usb1");
    EXPECT_EQ(uses[1].number, 30U) << "enp3s01 is another card";
    EXPECT_TRUE(interrupts_of("", {"eth0"}).empty());
}

TEST(Tuning, IsUndoneExactly) {
    auto machine = stage_machine();
    const auto before = machine.files;
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    EXPECT_TRUE(to_be_set(plan_for(machine)).empty());
    EXPECT_NE(machine.files, before);
    const auto undone = undo(machine);
    ASSERT_TRUE(undone);
    EXPECT_TRUE(undone->tuned);
    EXPECT_EQ(undone->changes.size(), 7U);
    EXPECT_EQ(machine.files, before) << "the record is gone, too";
}

TEST(Tuning, TwiceKeepsTheFirstValues) {
    auto machine = stage_machine();
    const auto before = machine.files;
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    machine.files[kGovernor] = "powersave";  // somebody else's
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    EXPECT_EQ(machine.files[kGovernor], "performance");
    ASSERT_TRUE(undo(machine));
    EXPECT_EQ(machine.files, before);
}

TEST(Tuning, ChangesAndKeepsNothingWhereAllIsGood) {
    auto machine = stage_machine();
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    machine.files.erase(kRecord);
    machine.writes = 0;
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    EXPECT_EQ(machine.writes, 0);
    EXPECT_FALSE(machine.files.contains(kRecord));
    EXPECT_FALSE(undo(machine)->tuned);
}

TEST(Tuning, ARefusalDoesNotKeepTheOthersFromBeingSet) {
    auto machine = stage_machine();
    const auto before = machine.files;
    machine.read_only = {kGovernor};
    machine.deaf = {"/proc/irq/40/smp_affinity_list"};
    const auto changes = apply(machine, plan_for(machine));
    ASSERT_TRUE(changes);
    EXPECT_EQ((*changes)[0].outcome, Outcome::Refused);
    EXPECT_EQ((*changes)[0].why, "Permission denied");
    EXPECT_EQ((*changes)[3].outcome, Outcome::NotKept);
    EXPECT_EQ((*changes)[3].after, "2");
    EXPECT_EQ(machine.files[kReceive], "4194304");
    const auto undone = undo(machine);
    ASSERT_TRUE(undone);
    for (const auto& one : undone->changes) EXPECT_FALSE(failed(one.outcome)) << one.name;
    EXPECT_EQ(machine.files, before);
}

TEST(Tuning, NothingIsChangedThatCouldNotBeUndone) {
    auto machine = stage_machine();
    machine.full = true;
    const auto refused = apply(machine, plan_for(machine));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("nothing was changed"));
    EXPECT_EQ(machine.writes, 0);
}

TEST(Tuning, WhatCannotBePutBackStaysInTheRecord) {
    auto machine = stage_machine();
    const auto before = machine.files;
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    machine.read_only = {kReceive};
    ASSERT_TRUE(undo(machine));
    EXPECT_EQ(machine.files[kReceive], "4194304");
    EXPECT_EQ(machine.files[kGovernor], "ondemand");
    machine.read_only.clear();
    ASSERT_TRUE(undo(machine));
    EXPECT_EQ(machine.files, before);
}

TEST(Tuning, AnUnpluggedDeviceHasNothingToPutBack) {
    auto machine = stage_machine();
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    machine.files.erase("/sys/bus/usb/devices/1-1.2/power/control");
    const auto undone = undo(machine);
    ASSERT_TRUE(undone);
    EXPECT_EQ(undone->changes.back().outcome, Outcome::Gone);
    EXPECT_FALSE(machine.files.contains(kRecord));
}

TEST(Tuning, ARecordOfAnEarlierStartIsNotPutBack) {
    auto machine = stage_machine();
    ASSERT_TRUE(apply(machine, plan_for(machine)));
    auto restarted = stage_machine();  // as it comes up: by itself as before
    restarted.files["/proc/sys/kernel/random/boot_id"] = "second";
    restarted.files[kReceive] = "1000000";  // but for what its configuration says now
    restarted.files[kRecord] = machine.files[kRecord];
    auto other = restarted;
    const auto undone = undo(other);
    ASSERT_TRUE(undone);
    EXPECT_TRUE(undone->restarted);
    EXPECT_EQ(other.writes, 0);
    EXPECT_FALSE(other.files.contains(kRecord));
    ASSERT_TRUE(apply(restarted, plan_for(restarted)));
    ASSERT_TRUE(undo(restarted));
    EXPECT_EQ(restarted.files[kReceive], "1000000") << "what this start began with";
}

TEST(Tuning, ADamagedRecordIsNotWrittenOver) {
    auto machine = stage_machine();
    for (const char* text : {"", "{}", "[1]", R"({"boot": "first", "former": [{"path": 1}]})"}) {
        machine.files[kRecord] = text;
        const auto refused = apply(machine, plan_for(machine));
        ASSERT_FALSE(refused) << text;
        EXPECT_THAT(refused.error().message, HasSubstr("former.json: it is no record")) << text;
        EXPECT_FALSE(undo(machine)) << text;
        EXPECT_EQ(machine.files[kRecord], text);
    }
    EXPECT_EQ(machine.writes, 0);
}

std::string record_with(const std::string& path, const std::string& value) {
    return R"({"boot": "first", "former": [{"path": ")" + path + R"(", "name": "a", "value": ")" +
           value + R"("}]})";
}

TEST(Tuning, ARecordPutsBackNothingButSettings) {
    auto machine = stage_machine();
    ASSERT_TRUE(parse_record(record_with(kReceive, "4096")));
    for (const char* path :
         {"/etc/passwd", "/proc/sys/net/core/../../../../etc/passwd",
          "/proc/sys/kernel/core_pattern", "/proc/irq/../smp_affinity_list",
          "/proc/irq/1/../2/smp_affinity_list", "/sys/bus/usb/devices//power/control",
          "/sys/devices/system/cpu/cpufreq/scaling_governor"})
        EXPECT_FALSE(parse_record(record_with(path, "4096"))) << path;
    EXPECT_FALSE(parse_record(record_with(kReceive, R"(1\n2)"))) << "two lines";
    EXPECT_FALSE(parse_record(record_with(kReceive, std::string(5000, '9'))));
    machine.files[kRecord] = record_with("/etc/passwd", "root::0:0");
    EXPECT_FALSE(undo(machine));
    EXPECT_EQ(machine.writes, 0);
}

class CliTune : public ::testing::Test {
  protected:
    /// A machine that outlives a run of the program.
    struct Borrowed final : io::SettingFiles {
        explicit Borrowed(FakeSettings& of) : of_(of) {}
        bool may_change() const override { return of_.may_change(); }
        std::vector<std::string> names_in(const std::string& folder) const override {
            return of_.names_in(folder);
        }
        std::optional<std::string> read(const std::string& path) const override {
            return of_.read(path);
        }
        Result<void> write(const std::string& path, const std::string& value) override {
            return of_.write(path, value);
        }
        Result<void> keep(const std::string& path, const std::string& text) override {
            return of_.keep(path, text);
        }
        Result<void> forget(const std::string& path) override { return of_.forget(path); }

      private:
        FakeSettings& of_;
    };

    /// `on_linux`: the system keeps settings in files.
    int run(cli::Act act, bool json = false, const std::string& at = {}, bool on_linux = true) {
        cli::Order order;
        order.act = act;
        order.request.json = json;
        order.root = at;
        out.clear();
        said.clear();
        cli::TuneTools tools{
            {}, [this](auto text) { out += text; }, [this](auto sentence) { said += sentence; }};
        if (on_linux)
            tools.open_settings =
                [this](const std::string& below) -> Result<std::unique_ptr<io::SettingFiles>> {
                root = below;
                return std::make_unique<Borrowed>(machine);
            };
        return cli::tune(order, tools);
    }

    FakeSettings machine = stage_machine();
    std::string root;
    std::string out;
    std::string said;
};

TEST_F(CliTune, ShowsByItselfAndChangesNothing) {
    const auto before = machine.files;
    EXPECT_EQ(run(Act::TuneShow), 0);
    expect_golden("tune.txt", out);
    EXPECT_EQ(root, "/");
    EXPECT_EQ(run(Act::TuneShow, true), 0);
    expect_golden("tune.json", out);
    EXPECT_EQ(machine.files, before);
}

TEST_F(CliTune, TellsBeforeAndAfter) {
    machine.read_only = {kGovernor};
    EXPECT_EQ(run(Act::TuneApply), 3) << "one was refused";
    expect_golden("tune_applied.txt", out);
    EXPECT_EQ(run(Act::TuneUndo, false, "/mnt"), 0);
    EXPECT_EQ(root, "/mnt");
    expect_golden("tune_undone.txt", out);
    machine.read_only.clear();
    EXPECT_EQ(run(Act::TuneApply, true), 0);
    expect_golden("tune_applied.json", out);
    EXPECT_EQ(run(Act::TuneUndo, true), 0);
    expect_golden("tune_undone.json", out);
    EXPECT_EQ(run(Act::TuneUndo), 0);
    EXPECT_EQ(out, "this machine is not tuned: nothing is to be put back\n");
}

TEST_F(CliTune, OnlyRootChangesAndAnybodyLooks) {
    machine.root = false;
    EXPECT_EQ(run(Act::TuneApply), 1);
    EXPECT_EQ(said, "only root changes settings of the machine: sudo midinet-cli tune --apply");
    EXPECT_EQ(out, "");
    EXPECT_EQ(run(Act::TuneUndo), 1);
    EXPECT_EQ(said, "only root changes settings of the machine: sudo midinet-cli tune --undo");
    EXPECT_EQ(machine.writes, 0);
    EXPECT_EQ(run(Act::TuneShow), 0);
}

TEST_F(CliTune, AnotherSystemIsTold) {
    EXPECT_EQ(run(Act::TuneShow, false, "/", false), 1);
    EXPECT_EQ(said, "tune knows the settings of Linux alone, and this is another system");
}

}  // namespace
}  // namespace midinet::control::tuning
