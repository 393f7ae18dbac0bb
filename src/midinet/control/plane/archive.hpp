// Values to and from JSON objects, by one list of fields for both ways: `fields(archive, value)`.
// Private to message.cpp: nothing else shall meet the library.
#pragma once

#include "base/fixed_vector.hpp"
#include "control/plane/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace midinet::control::plane {

/// Keeps the order in which keys were added.
using Json = nlohmann::ordered_json;

/// The words of an enumeration as they travel, in the order of its enumerators. A last one of
/// kAnyOther stands for every word that is not known; without it such a word is refused.
inline constexpr std::string_view kAnyOther = "?";
template <typename E>
inline constexpr std::array<std::string_view, 0> kWords{};

/// What packed() and unpack() of a list's entries are found by.
struct PackedBytes {};

/// Adds fields to an object; leaves out what is zero, false or empty.
class Writer {
  public:
    template <typename T>
    using Of = const T;

    explicit Writer(Json& object) : object_(object) {}
    /// False when a value was out of its range.
    bool ok() const noexcept { return ok_; }

    template <typename T>
    void id(const char* key, T value, T least = 1) {
        ok_ = ok_ && value >= least;
        object_[key] = value;
    }
    template <typename T>
    void number(const char* key, T value, T most = std::numeric_limits<T>::max()) {
        ok_ = ok_ && value <= most;
        if (value != 0) object_[key] = value;
    }
    /// Also a zero travels: it is not the same as nothing.
    template <typename T>
    void maybe_number(const char* key, const std::optional<T>& value,
                      T most = std::numeric_limits<T>::max()) {
        if (!value) return;
        ok_ = ok_ && *value <= most;
        object_[key] = *value;
    }
    template <typename T, std::size_t N>
    void numbers(const char* key, const FixedVector<T, N>& values) {
        if (!values.empty()) object_[key] = std::vector<T>(values.begin(), values.end());
    }
    void flag(const char* key, bool value) {
        if (value) object_[key] = true;
    }
    template <std::size_t N>
    void text(const char* key, const Text<N>& value) {
        if (!value.empty()) object_[key] = value.view();
    }
    template <typename E>
    void word(const char* key, E value) {
        const auto index = static_cast<std::size_t>(value);
        ok_ = ok_ && index < kWords<E>.size();
        if (ok_) object_[key] = kWords<E>[index];
    }
    template <typename T>
    void record(const char* key, const T& value) {
        object_[key] = whole(value);
    }
    /// Left out when nothing is in it.
    template <typename T>
    void some(const char* key, const T& value) {
        if (!(value == T{})) object_[key] = whole(value);
    }
    template <typename T>
    void maybe(const char* key, const std::optional<T>& value) {
        if (value) object_[key] = whole(*value);
    }
    /// So many bytes.
    template <std::size_t N>
    void blob(const char* key, const std::array<std::uint8_t, N>& value) {
        object_[key] = Json::binary({value.begin(), value.end()});
    }
    /// Any number of bytes; T has bytes(), and a static of() that gives nothing for wrong ones.
    template <typename T>
    void bytes(const char* key, const T& value) {
        const std::span<const std::uint8_t> all = value.bytes();
        if (!all.empty()) object_[key] = Json::binary({all.begin(), all.end()});
    }
    /// Each as the same number of bytes, one behind the other.
    template <typename T, std::size_t N>
    void packed_list(const char* key, const FixedVector<T, N>& values) {
        if (values.empty()) return;
        std::vector<std::uint8_t> bytes;
        for (const T& value : values)
            for (const std::uint8_t byte : packed(PackedBytes{}, value)) bytes.push_back(byte);
        object_[key] = Json::binary(std::move(bytes));
    }
    void require(bool good) noexcept { ok_ = ok_ && good; }
    template <typename T, std::size_t N>
    void list(const char* key, const FixedVector<T, N>& values) {
        if (values.empty()) return;
        Json& array = object_[key] = Json::array();
        for (const T& value : values) array.push_back(whole(value));
    }

  private:
    template <typename T>
    Json whole(const T& value) {
        Json object = Json::object();
        Writer inner(object);
        fields(inner, value);
        ok_ = ok_ && inner.ok();
        return object;
    }
    template <std::size_t N>
    Json whole(const Text<N>& text) {
        return text.view();
    }

    Json& object_;
    bool ok_ = true;
};

/// Reads fields of an object. What is missing becomes zero, false or empty, except ids and words,
/// which must be there. What has another type or is out of its range makes `ok()` false.
class Reader {
  public:
    template <typename T>
    using Of = T;

    /// Lifetime: `object`'s.
    explicit Reader(const Json& object) : object_(object) {}
    bool ok() const noexcept { return ok_; }

    template <typename T>
    void id(const char* key, T& value, T least = 1) {
        number(key, value);
        if (value < least) ok_ = false;
    }
    template <typename T>
    void number(const char* key, T& value, T most = std::numeric_limits<T>::max()) {
        value = 0;
        const Json* json = find(key);
        if (json == nullptr) return;
        if (!json->is_number_unsigned() || json->get<std::uint64_t>() > most)
            ok_ = false;
        else
            value = static_cast<T>(json->get<std::uint64_t>());
    }
    template <typename T>
    void maybe_number(const char* key, std::optional<T>& value,
                      T most = std::numeric_limits<T>::max()) {
        value.reset();
        if (find(key) != nullptr) number(key, value.emplace(), most);
    }
    template <typename T, std::size_t N>
    void numbers(const char* key, FixedVector<T, N>& values) {
        values.clear();
        const Json* json = find(key);
        if (json == nullptr) return;
        require(json->is_array() && json->size() <= N &&
                std::all_of(json->begin(), json->end(), [](const Json& one) {
                    return one.is_number_unsigned() &&
                           one.get<std::uint64_t>() <= std::numeric_limits<T>::max();
                }));
        if (!ok_) return;
        for (const Json& one : *json) (void)values.push_back(one.get<T>());
    }
    void flag(const char* key, bool& value) {
        const Json* json = find(key);
        value = json != nullptr && json->is_boolean() && json->get<bool>();
        if (json != nullptr && !json->is_boolean()) ok_ = false;
    }
    template <std::size_t N>
    void text(const char* key, Text<N>& value) {
        if (const Json* json = find(key)) read(*json, value);
    }
    template <typename E>
    void word(const char* key, E& value) {
        const Json* json = find(key);
        if (json == nullptr || !json->is_string()) {
            ok_ = false;
            return;
        }
        const auto& word = json->get_ref<const std::string&>();
        const auto& known = kWords<E>;
        const auto found = std::find(known.begin(), known.end(), word);
        if (found != known.end())
            value = static_cast<E>(std::distance(known.begin(), found));
        else if (known.back() == kAnyOther && !word.empty())
            value = static_cast<E>(known.size() - 1);
        else
            ok_ = false;
    }
    template <typename T>
    void record(const char* key, T& value) {
        const Json* json = find(key);
        if (json == nullptr)
            ok_ = false;
        else
            read(*json, value);
    }
    template <typename T>
    void some(const char* key, T& value) {
        if (const Json* json = find(key)) read(*json, value);
    }
    template <typename T>
    void maybe(const char* key, std::optional<T>& value) {
        if (const Json* json = find(key)) read(*json, value.emplace());
    }
    template <std::size_t N>
    void blob(const char* key, std::array<std::uint8_t, N>& value) {
        const auto* bytes = binary(key);
        if (bytes == nullptr || bytes->size() != N)
            ok_ = false;
        else
            std::copy(bytes->begin(), bytes->end(), value.begin());
    }
    template <typename T>
    void bytes(const char* key, T& value) {
        value = {};
        if (find(key) == nullptr) return;
        const auto* all = binary(key);
        const auto made = all != nullptr ? T::of(*all) : std::nullopt;
        require(made.has_value());
        if (made) value = *made;
    }
    template <typename T, std::size_t N>
    void packed_list(const char* key, FixedVector<T, N>& values) {
        constexpr std::size_t kSize = std::tuple_size_v<decltype(packed(PackedBytes{}, T{}))>;
        if (find(key) == nullptr) return;
        const auto* bytes = binary(key);
        if (bytes == nullptr || bytes->size() % kSize != 0 || bytes->size() / kSize > N) {
            ok_ = false;
            return;
        }
        for (std::size_t at = 0; at < bytes->size(); at += kSize) {
            T value{};
            const std::span<const std::uint8_t> all(*bytes);
            require(unpack(PackedBytes{}, all.subspan(at).template first<kSize>(), value));
            (void)values.push_back(value);
        }
    }
    void require(bool good) noexcept { ok_ = ok_ && good; }
    template <typename T, std::size_t N>
    void list(const char* key, FixedVector<T, N>& values) {
        const Json* json = find(key);
        if (json == nullptr) return;
        if (!json->is_array() || json->size() > N) {
            ok_ = false;
            return;
        }
        for (const Json& item : *json) {
            T value{};
            read(item, value);
            (void)values.push_back(value);
        }
    }

  private:
    const Json* find(const char* key) const {
        const auto found = object_.find(key);
        return found == object_.end() ? nullptr : &*found;
    }
    /// Null where it is something else, or absent.
    const Json::binary_t* binary(const char* key) const {
        const Json* json = find(key);
        return json == nullptr ? nullptr : json->get_ptr<const Json::binary_t*>();
    }
    template <typename T>
    void read(const Json& json, T& value) {
        if (!json.is_object()) {
            ok_ = false;
            return;
        }
        Reader inner(json);
        fields(inner, value);
        ok_ = ok_ && inner.ok();
    }
    template <std::size_t N>
    void read(const Json& json, Text<N>& value) {
        const auto* text = json.get_ptr<const std::string*>();
        if (text != nullptr && text->size() <= N) value = Text<N>(*text);
        if (text == nullptr || value.view() != *text) ok_ = false;  // not clean text of that length
    }

    const Json& object_;
    bool ok_ = true;
};

}  // namespace midinet::control::plane
