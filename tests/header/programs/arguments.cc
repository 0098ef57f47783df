// SPDX-License-Identifier: MIT
/*
 * Every kind of argument that C++ has, in every kind of place. C++11 and later.
 * "want NAME: SIZES" as in arguments.c; wchar stands for the sign of wchar_t on the CPU.
 */
extern "C" {
#include <spile/probe.h>
}

#include <string>
#include <vector>
#if __cplusplus >= 201703L
#include <string_view>
#endif

#define error a_macro_must_not_change_a_probe_name

struct Incomplete;
struct Fields {
  unsigned narrow : 3;
  int negative : 5;
  unsigned char byte;
  static const int kOnlyDeclared = 7;  // never defined: a reference to it would not link
};
struct __attribute__((packed)) Packed {
  char first;
  int second;
};
enum Plain { kPlain };
enum Negative { kNegative = -1 };
enum class Signed : int { kOne = -1 };
enum class Narrow : signed char { kOne = -1 };
enum class Unsigned : unsigned char { kMost = 200 };
enum class Wide : unsigned long long { kMost = ~0ull };

int global_int = 4;
float global_float = 1.5f;
static thread_local long thread_local_long = 6;
static int evaluations;
static int alive;  // Temporary objects

struct Temporary {
  std::string text;
  explicit Temporary(const char* from) : text(from) { alive++; }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() { alive--; }
  const char* c_str() const { return text.c_str(); }
};

static int count_evaluation() { return ++evaluations; }
static std::string make(const char* from) { return std::string(from) + " made"; }

class Object {
 public:
  explicit Object(int value) : value_(value) {
    SPILE_PROBE(args, constructor, this, value_);  // want constructor: 8 -4
  }
  ~Object() { SPILE_PROBE(args, destructor, value_); }  // want destructor: -4
  virtual int get() const {
    SPILE_PROBE(args, method, this, value_);  // want method: 8 -4
    return value_;
  }
  template <class T> void generic(T value) {
    SPILE_PROBE(args, generic__method, value);
  }

 private:
  int value_;
};

template <class T> T generic(T value) {
  SPILE_PROBE(args, generic, value, sizeof(T));
  SPILE_PROBE_SEMAPHORE(args, generic__gated, value);
  return value;
}

inline int inline_function(int x) noexcept {
  SPILE_PROBE(args, inline__function, x);  // want inline__function: -4
  return x;
}

namespace spile_user {
namespace spile {  // hides ::spile from what follows
static int nested(int x) {
  SPILE_PROBE(args, nested, x);  // want nested: -4
  return x;
}
}  // namespace spile
}  // namespace spile_user

extern "C" int in_c_linkage(int x);
extern "C" int in_c_linkage(int x) {
  SPILE_PROBE(args, c__linkage, x, std::string("temporary"));  // want c__linkage: -4 8
  return x;
}

static void integers(signed char i8, unsigned char u8, short i16, unsigned short u16, int i32,
                     unsigned u32, long i64, unsigned long u64, long long ll,
                     unsigned long long ull, char c, bool b) {
  SPILE_PROBE(args, integers, i8, u8, i16, u16, i32, u32, i64, u64, ll, ull, c, b);
  // want integers: -1 1 -2 2 -4 4 -8 8 -8 8 char 1
  SPILE_PROBE(args, characters, 'a', u'a', U'a', L'a');  // want characters: char 2 4 wchar
}

static void enums(Plain p, Negative n, Signed s, Unsigned u, Wide w) {
  SPILE_PROBE(args, enums, p, n, s, u, w, Narrow::kOne);  // want enums: 4 -4 -4 1 8 -1
}

static void constants() {
  constexpr int local = 7;
  SPILE_PROBE(args, constants, 1, -5, 0, 4294967295u, -9223372036854775807LL - 1,
              18446744073709551615ull, static_cast<unsigned char>(200), true, false, local,
              Fields::kOnlyDeclared, nullptr);
  // want constants: -4 -4 -4 4 -8 8 1 1 1 -4 -4 8
  SPILE_PROBE(args, error);  // want error:
}

static void floats(float f, const double& d) {
  SPILE_PROBE(args, floats, f, d, global_float, 1.5f, 2.5);  // want floats: 4 8 4 4 8
}

static void pointers(const char* text, Incomplete* incomplete, Object& object) {
  char array[8] = "array";
  SPILE_PROBE(args, pointers, text, incomplete, array, "literal", &global_int, in_c_linkage,
              &array[2], &object, static_cast<void*>(nullptr), __func__);
  // want pointers: 8 8 8 8 8 8 8 8 8 8
}

static void places(Fields& f, Packed p, const volatile short& watched) {
  auto lambda = [&] { SPILE_PROBE(args, lambda, f.byte, p.second); };  // want lambda: 1 -4
  lambda();
  SPILE_PROBE(args, places, global_int, thread_local_long, f.narrow, f.negative, f.byte, p.second,
              watched);
  // want places: -4 -8 4 -4 1 -4 -2
}

static void strings(const std::string& text, const std::vector<char>& data) {
  SPILE_PROBE(args, strings, text, make("just"), make("pointer").c_str(), data);
  // want strings: 8 8 8 8
  SPILE_PROBE(args, temporaries, Temporary("one"), Temporary("two").c_str());
  // want temporaries: 8 8
#if __cplusplus >= 201703L
  SPILE_PROBE(args, views, std::string_view(text).substr(1), std::string_view());
  // want views: 8 8
#endif
}

static int gates(int argc) {
  SPILE_PROBE_SEMAPHORE(args, gated, count_evaluation());  // want gated: -4
  if (SPILE_PROBE_ENABLED(args, asked)) SPILE_PROBE(args, asked, count_evaluation());
  // want asked: -4
  while (!SPILE_PROBE_ENABLED(args, asked) && argc-- > 0) evaluations += 10;
  SPILE_PROBE(args, once, count_evaluation());  // want once: -4
  return evaluations;
}

int main(int argc, char** argv) {
  Fields fields{1, -2, 3};
  Packed packed{'a', argc};
  Object object(argc);
  integers(-1, 255, -2, 65535, -4, 4294967295u, -8, 8, -9, 9, 'c', true);
  enums(kPlain, kNegative, Signed::kOne, Unsigned::kMost, Wide::kMost);
  constants();
  floats(0.5f, 0.25);
  pointers(argv[0], nullptr, object);
  volatile short watched = -7;
  places(fields, packed, watched);
  strings("text", std::vector<char>(300, 'v'));
  generic(3);
  generic(Unsigned::kMost);
  generic('c');
  generic(0.5);
  generic(argv);
  // want generic: -4 8|1 8|char 8|8 8
  // want generic__gated: -4|1|char|8
  object.generic(3u);  // want generic__method: 4
  in_c_linkage(spile_user::spile::nested(inline_function(object.get())));
  return gates(argc) == 11 && alive == 0 ? 0 : 1;
}
