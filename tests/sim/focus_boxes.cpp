#include "focus_boxes.hpp"

#include <array>
#include <cstdio>

namespace midinet::simtest {
namespace {

using namespace platform::sim;
namespace plane = control::plane;

constexpr Duration kTick = 50ms;  ///< of the programs' control loops
const std::vector<std::string> kInterfaces{"net0"};

control::HostConfig host_config(HostId id, Duration beat) {
    auto config = control::default_host_config();
    config.id = id;
    config.name = "host-" + std::to_string(id.value);
    config.multicast_group = 0xEF455300U + id.value;
    config.heartbeat.interval = beat;
    return config;
}

io::Endpoint focus_group() {
    const control::NetworkConfig config;
    return {config.control_group, config.focus_port};
}

/// The node's waiter as the programs' loops use it.
void wait(Node& node, TimePoint until) {
    std::array<io::Ready, 16> ready;
    (void)node.wait(until, ready);
}

}  // namespace

void light(Lights& lights, std::span<const std::uint8_t> message) {
    if (message.size() != 3 || message[0] >= 0xA0) return;
    const std::pair<unsigned, unsigned> key{message[0] & 0x0FU, message[1]};
    if (message[0] < 0x90 || message[2] == 0)
        lights.erase(key);
    else
        lights[key] = message[2];
}

FocusHostBox::FocusHostBox(World& world, unsigned id, Duration beat, FocusChecker& checker)
    : FocusBox(world),
      id_{static_cast<std::uint16_t>(id)},
      beat_(beat),
      checker_(checker),
      log_([this](std::string_view line) { note_line(std::string{line}); }) {}

/// Registers may be replaced before the engine tells of them; the log has each.
void FocusHostBox::note_line(const std::string& line) {
    unsigned term = 0;
    if (std::sscanf(line.c_str(), "focus term %u by host", &term) != 1) return;
    if (!line.ends_with(", by hand")) checker_.on_free_term(term);
}

void FocusHostBox::start() {
    kill();
    const auto config = host_config(id_, beat_);
    const Epoch epoch{100 + ++runs_};
    engine::HostSockets sockets;
    sockets.sockets.push_back(*engine_node_.open_unicast("net0", 0, false));
    sockets.senders = 1;
    sockets.sockets.push_back(*engine_node_.open_unicast("net0", wire::kDataPort, true));
    sockets.sockets.push_back(*engine_node_.open_group(focus_group(), "net0"));
    sockets.feedback_ears = 1;
    const engine::HostEngineOptions options{
        .transmit = {.source = {id_.value},
                     .sender = {id_.value},
                     .epoch = epoch,
                     .epoch_start = world_.now(),
                     .beat_interval = config.heartbeat.interval},
        .data_group = {config.multicast_group, wire::kDataPort},
        .heartbeat_group = {config.multicast_group, wire::kHeartbeatPort},
        .attention = &control_node_};
    engine_ = std::make_unique<engine::HostEngine>(options, std::move(sockets), engine_node_,
                                                   engine_node_);
    (void)engine_->start();
    plane_ = std::move(
        *engine::HostPlane::open(config, kInterfaces, epoch,
                                 {.network = control_node_,
                                  .clock = control_node_,
                                  .waiter = control_node_,
                                  .logger = log_,
                                  .engine = *engine_,
                                  .unix_ms = [] { return std::int64_t{1'700'000'000'000}; },
                                  .open_osc = {},
                                  .select_input = {},
                                  .inputs = [] { return control::plane::InputState{}; },
                                  .version = "sim"}));
    last_holder_ = {};
    replug();
    engine_node_.run([this] { return turn(); });
    control_node_.run([this] { return control_turn(); });
}

void FocusHostBox::kill() {
    engine_node_.kill();
    control_node_.kill();
    plane_.reset();
    engine_.reset();
}

void FocusHostBox::replug() {
    lights_.clear();
    ++plugs_;
    auto* port = new Port(
        world_, [this, plug = plugs_](PortIndex, std::span<const std::uint8_t> message, TimePoint) {
            if (plug != plugs_) return io::WriteResult::Lost;
            write(message);
            return io::WriteResult::Taken;
        });
    (void)engine_->command({.what = engine::HostCommand::What::UseSurface, .port = port});
}

void FocusHostBox::note_holder() {
    const auto focus = engine_->status().focus;
    checker_.on_register(focus, world_.now());
    if (focus.holder.value != 0) last_holder_ = focus.holder;
}

/// Clients' applications light on a channel each.
void FocusHostBox::write(std::span<const std::uint8_t> message) {
    note_holder();
    light(lights_, message);
    const bool lights = message.size() == 3 && (message[0] & 0xF0U) == 0x90U && message[2] != 0;
    if (lights)
        checker_.on_light(id_, focus_client((message[0] & 0x0FU) + 1), last_holder_, world_.now());
}

bool FocusHostBox::turn() {
    const bool goes_on = engine_->turn();
    const Aside aside{world_};
    note_holder();
    return goes_on;
}

bool FocusHostBox::control_turn() {
    wait(control_node_, std::min(world_.now() + kTick, plane_->next_due()));
    const Aside aside{world_};
    engine::HostEvent event;
    while (engine_->poll(event)) {
        delete event.source;
        delete event.port;
    }
    plane_->service();
    return true;
}

FocusClientBox::FocusClientBox(World& world, unsigned number)
    : FocusBox(world), number_(number), id_(focus_client(number)), log_([](std::string_view) {}) {}

void FocusClientBox::start() {
    kill();
    std::vector<engine::ClientSocket> sockets;
    for (const unsigned host : {1U, 2U}) {
        const auto group = 0xEF455300U + host;
        sockets.push_back({*engine_node_.open_group({group, wire::kDataPort}, "net0"), 0});
        sockets.push_back(
            {*engine_node_.open_group({group, wire::kHeartbeatPort}, "net0"), 0, false, true});
    }
    sockets.push_back({*engine_node_.open_unicast("net0", 0, false), 0, true});
    engine::ClientEngineOptions options;
    options.client = id_;
    options.attention = &control_node_;
    options.feedback_epoch = {++runs_};
    options.focus_group = focus_group();
    engine_ = std::make_unique<engine::ClientEngine>(options, std::move(sockets), engine_node_,
                                                     engine_node_);
    (void)engine_->start();
    plane_ = std::move(*engine::ClientPlane::open(control_node_, control_node_, log_,
                                                  control::NetworkConfig{},
                                                  {.client = id_,
                                                   .name = "seat " + std::to_string(number_),
                                                   .version = "sim",
                                                   .interfaces = kInterfaces}));
    for (const auto handle : plane_->handles()) (void)control_node_.watch(handle, 1, true, false);
    wanted_.clear();
    app_ = new Source(engine_node_);
    (void)engine_->command({.what = engine::ClientCommand::What::UseFeedback, .feedback = app_});
    engine_node_.run([this] { return turn(); });
    control_node_.run([this] { return control_turn(); });
}

void FocusClientBox::kill() {
    engine_node_.kill();
    control_node_.kill();
    plane_.reset();
    engine_.reset();
}

void FocusClientBox::shut_down() {
    release();
    (void)engine_->command({.what = engine::ClientCommand::What::Shutdown});
}

void FocusClientBox::set_auto_claim(bool on) {
    (void)engine_->command({.what = engine::ClientCommand::What::SetAutoClaim, .on = on});
}

void FocusClientBox::light_up(unsigned note, unsigned velocity) {
    const std::vector<std::uint8_t> message{static_cast<std::uint8_t>(0x90 | (number_ - 1)),
                                            static_cast<std::uint8_t>(note),
                                            static_cast<std::uint8_t>(velocity)};
    light(wanted_, message);
    app_->push(message);
}

bool FocusClientBox::turn() {
    const bool goes_on = engine_->turn();
    const Aside aside{world_};
    if (after_turn) after_turn();
    if (!goes_on) control_node_.kill();
    return goes_on;
}

bool FocusClientBox::control_turn() {
    wait(control_node_, world_.now() + kTick);
    const Aside aside{world_};
    engine::ClientEvent event;
    while (engine_->poll(event)) {
        delete event.port;
        delete event.feedback;
        delete event.pipeline;
        if (event.what == engine::ClientEvent::What::ClaimDue) plane_->claim();
        if (event.what == engine::ClientEvent::What::ReminderDue) plane_->hurry();
    }
    plane_->receive([](const plane::Station::Heard&) {});
    plane_->service(engine_->status(), "port");
    return true;
}

FocusPerson::FocusPerson(World& world) : node_(world.add_node()) {
    const control::NetworkConfig config;
    station_ = std::move(
        *plane::Station::open(node_, {.group = {config.control_group, config.control_port},
                                      .interfaces = kInterfaces,
                                      .peers = {},
                                      .has_door = false}));
    for (const auto handle : station_->handles()) (void)node_.watch(handle, 1, true, false);
    node_.run([this] { return turn(); });
}

void FocusPerson::choose(SenderId client, bool ends, Random& random) {
    plane::Command command;
    command.id = random.next() | 1U;
    command.from = focus_client(99);
    command.verb = plane::Verb::AssignFocus;
    command.client = client;
    command.on = ends;
    sender_.begin(command, node_.now());
    node_.wake();
}

bool FocusPerson::turn() {
    wait(node_, sender_.next_due());
    station_->receive([this](const plane::Station::Heard& heard) {
        if (const auto said = plane::decode_datagram(heard.bytes))
            sender_.on_message(said->message, node_.now());
    });
    if (const auto* due = sender_.to_send(node_.now())) station_->say(*due, Epoch{1});
    return true;
}

}  // namespace midinet::simtest
