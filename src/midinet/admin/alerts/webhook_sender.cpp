#include "admin/alerts/webhook_sender.hpp"

#include "admin/alerts/post.hpp"
#include "admin/alerts/webhook_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace midinet::admin {
namespace {

constexpr long kFirstGood = 200;
constexpr long kFirstRedirect = 300;
constexpr long kFirstRefusal = 400;

std::string why_not(const PostResult& result) {
    if (result.status == 0) return result.why;
    if (result.status >= kFirstRedirect && result.status < kFirstRefusal)
        return fmt::format("it answered {}: redirects are not followed", result.status);
    return fmt::format("it answered {}", result.status);
}

}  // namespace

std::string_view to_string(Delivery::State state) noexcept {
    switch (state) {
        case Delivery::State::Waiting:
            return "waiting";
        case Delivery::State::Delivered:
            return "delivered";
        case Delivery::State::Failed:
            return "failed";
        default:
            return "dropped";
    }
}

WebhookSender::WebhookSender(Surroundings with)
    : with_(std::move(with)), random_(with_.seed), thread_([this] { run(); }) {}

WebhookSender::~WebhookSender() { close(); }

void WebhookSender::close() {
    {
        const std::lock_guard lock(shared_);
        ending_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void WebhookSender::obey(WebhookPolicy policy) {
    const std::lock_guard lock(shared_);
    policy_ = std::move(policy);
}

std::string WebhookSender::refusal(const std::string& url) const {
    WebhookPolicy policy;
    {
        const std::lock_guard lock(shared_);
        policy = policy_;
    }
    return post_refusal(url, policy);
}

void WebhookSender::tell(const WebhookRule& webhook, const Transition& transition) {
    Job job{.delivery = {.event = std::string(to_string(transition.what)),
                         .alert = transition.alert.id},
            .webhook = webhook,
            .alert = transition.alert};
    add(std::move(job));
}

bool WebhookSender::test(const WebhookRule& webhook, std::function<void(const Delivery&)> done) {
    {
        const std::lock_guard lock(shared_);
        if (ending_ || waiting_.size() >= kMostWaiting) return false;
    }
    add({.delivery = {.event = "test"}, .webhook = webhook, .done = std::move(done)});
    return true;
}

void WebhookSender::add(Job job) {
    job.due = with_.clock.now();
    job.delivery.begun_ms = with_.unix_ms();
    std::function<void()> tell_dropped;
    {
        const std::lock_guard lock(shared_);
        job.delivery.id = ++last_id_;
        log_.push_front(job.delivery);
        if (log_.size() > kMostLogged) log_.pop_back();
        if (waiting_.size() >= kMostWaiting) {
            auto& oldest = waiting_.front().delivery;
            oldest.state = Delivery::State::Dropped;
            oldest.ended_ms = job.delivery.begun_ms;
            oldest.why = "too much waited";
            for (auto& logged : log_)
                if (logged.id == oldest.id) logged = oldest;
            if (waiting_.front().done)
                tell_dropped = [done = std::move(waiting_.front().done), oldest] { done(oldest); };
            waiting_.pop_front();
        }
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
    if (tell_dropped) tell_dropped();
}

std::vector<Delivery> WebhookSender::log() const {
    const std::lock_guard lock(shared_);
    return {log_.begin(), log_.end()};
}

void WebhookSender::note(const Delivery& delivery) {
    const std::lock_guard lock(shared_);
    for (auto& logged : log_)
        if (logged.id == delivery.id) logged = delivery;
}

void WebhookSender::run() {
    if (with_.on_thread) with_.on_thread();
    while (auto job = next()) serve(std::move(*job));
}

/// Nobody is told that an alert is over before being told of it. Precondition: locked.
bool WebhookSender::blocked(const Job& job) const {
    return job.alert && std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& other) {
               return other.delivery.id < job.delivery.id &&
                      other.delivery.alert == job.delivery.alert;
           });
}

/// The one that is due first; nothing: it is to end.
std::optional<WebhookSender::Job> WebhookSender::next() {
    std::unique_lock lock(shared_);
    for (;;) {
        if (ending_) return std::nullopt;
        const auto first = std::min_element(
            waiting_.begin(), waiting_.end(), [this](const auto& a, const auto& b) {
                return std::pair(blocked(a), a.due) < std::pair(blocked(b), b.due);
            });
        if (first == waiting_.end()) {
            wake_.wait(lock);
            continue;
        }
        if (const auto left = first->due - with_.clock.now(); left > Duration{}) {
            (void)wake_.wait_for(lock, left);
            continue;
        }
        auto job = std::move(*first);
        waiting_.erase(first);
        return job;
    }
}

void WebhookSender::attempt(Job& job) {
    const auto now = with_.unix_ms();
    const auto second = now / 1000;
    auto& delivery = job.delivery;
    Post message{
        .url = job.webhook.url,
        .body = webhook_body(delivery.id, delivery.event, now, job.alert ? &*job.alert : nullptr),
        .headers = {"Content-Type: application/json",
                    "Expect:", fmt::format("X-MIDInet-Timestamp: {}", second)},
        .agent = with_.agent,
        .connect_within = kConnectWithin,
        .answer_within = kAnswerWithin,
        .most_answer = kMostAnswer};
    if (!job.webhook.secret.empty())
        message.headers.push_back("X-MIDInet-Signature: " +
                                  webhook_signature(job.webhook.secret, second, message.body));
    WebhookPolicy policy;
    {
        const std::lock_guard lock(shared_);
        policy = policy_;
    }
    const auto result = post(message, policy, ending_);
    ++delivery.attempts;
    delivery.status = result.status;
    const bool good = result.status >= kFirstGood && result.status < kFirstRedirect;
    delivery.why = good ? "" : why_not(result);
    const bool again = !good && !result.refused && worth_another_try(result.status) && !job.done &&
                       delivery.attempts < kMostAttempts;
    if (!again) delivery.state = good ? Delivery::State::Delivered : Delivery::State::Failed;
}

void WebhookSender::serve(Job job) {
    attempt(job);
    if (ending_) return;
    auto& delivery = job.delivery;
    if (delivery.state != Delivery::State::Waiting) delivery.ended_ms = with_.unix_ms();
    note(delivery);
    if (delivery.state == Delivery::State::Waiting) {
        job.due = with_.clock.now() + webhook_pause(delivery.attempts, random_);
        const std::lock_guard lock(shared_);
        waiting_.push_back(std::move(job));
    } else if (job.done) {
        job.done(delivery);
    }
}

}  // namespace midinet::admin
