// SPDX-License-Identifier: MIT
/*
 * spile/probe.h: static probes (USDT) for C99 and later and C++11 and later.
 *
 * One header, nothing to link. gcc and clang, x86-64 and arm64, ELF.
 *
 *   #include <spile/probe.h>
 *
 *   int serve(const char *path, size_t length) {
 *     SPILE_PROBE(shop, request__start, path, length);
 *     if (SPILE_PROBE_ENABLED(shop, request__done))
 *       SPILE_PROBE(shop, request__done, path, checksum_of(path));
 *     SPILE_PROBE_SEMAPHORE(shop, cache__miss, checksum_of(path));   // the same test, shorter
 *   }
 *
 * In: a provider, a name, 0 to 12 arguments. They are integers, bool, characters, enumerations,
 * pointers, C strings, float and double; in C++ also anything with c_str() (std::string) or with
 * data() and size() over char (std::string_view). Everything else is a compile error.
 *
 * Out: a few bytes of code that do nothing, and a note that says where they are:
 *
 *   x86-64   90                               nop    <- the note points here, tracers trap here
 *            66 2e 0f 1f 84 00 00 00 00 00    nop10  <- room for newer kernels' cheaper traps
 *   arm64    d503201f                         nop
 *
 * The note is the one systemtap defined. bpftrace, bcc, perf, gdb and spile read it. Section
 * .note.stapsdt, not loaded; owner and descriptor are padded to 4 bytes:
 *
 *    0  u32  8                 length of the owner
 *    4  u32  n                 length of the descriptor
 *    8  u32  3                 type
 *   12       "stapsdt\0"       owner
 *   20  u64  address of the nop
 *   28  u64  address of _.stapsdt.base     (lets readers see that a file was prelinked)
 *   36  u64  address of the gate, 0 without one
 *   44       "shop\0" "request__start\0" "8@%rdi 8@%rsi\0"
 *
 * An argument is SIZE@OPERAND: bytes, negative for signed types, and where the value is when the
 * nop runs. Readers have nothing but the note to find it, so an operand is only ever a constant
 * ("-4@$-5", arm64 "-4@-5"), a register ("-4@%edi", "-4@x3") or, on x86-64 from the ninth argument
 * on, a stack slot ("8@24(%rsp)"). Never a symbol. A float or double is recorded as the unsigned integer
 * with the same bits ("4@%eax", "8@%rax"), which every reader understands.
 *
 * The gate is one 32-bit word per provider, name and ELF file. It exists if the file contains
 * SPILE_PROBE_ENABLED or SPILE_PROBE_SEMAPHORE for that probe, and then every note of the probe
 * names it, including those of a plain SPILE_PROBE in another translation unit.
 *
 *             31            16 15             0
 *            +----------------+----------------+     section .probes, symbol
 *            | spile's flags  | kernel's count |     spile_gate.PROVIDER.NAME
 *            +----------------+----------------+
 *                              ^ the note's semaphore address
 *
 * The kernel adds 1 to the low half while a tracer is attached (uprobe_register() with a reference
 * counter) and leaves the high half alone. Programs test the whole word, so that a tracer that does
 * not go through the kernel can switch a probe on with the high half. The dots keep the symbol from
 * clashing with any identifier, and a__b:c from clashing with a:b__c.
 *
 * Names are recorded as written. A macro of the same name is replaced in the provider, but not in
 * the probe's name (unless a macro of yours passed it on). Define SPILE_DISABLE_PROBES to compile
 * every probe to nothing; that is also what happens with other compilers and CPUs.
 */
#ifndef SPILE_PROBE_H
#define SPILE_PROBE_H

#if !defined(SPILE_DISABLE_PROBES) && defined(__GNUC__) && defined(__ELF__) && \
    defined(__LP64__) && (defined(__x86_64__) || defined(__AARCH64EL__))
#define SPILE_PROBES_AVAILABLE 1
#else
#define SPILE_PROBES_AVAILABLE 0
#endif

/* ---- The public macros ---------------------------------------------------------------------- */

/* A statement. Evaluates each argument once and places a site. */
#define SPILE_PROBE(...)                                                     \
  SPILE_DETAIL_SPLIT(SPILE_DETAIL_PROBE, SPILE_DETAIL_FIRST(__VA_ARGS__, ~), \
                     SPILE_DETAIL_RAW_##__VA_ARGS__, ~)

/* An expression, true while somebody traces provider:name. Reads the gate each time it runs. */
#define SPILE_PROBE_ENABLED(...)                                               \
  SPILE_DETAIL_SPLIT(SPILE_DETAIL_ENABLED, SPILE_DETAIL_FIRST(__VA_ARGS__, ~), \
                     SPILE_DETAIL_RAW_##__VA_ARGS__, ~)

/* A statement. Evaluates arguments and reaches the site only while somebody traces it. */
#define SPILE_PROBE_SEMAPHORE(...)                                               \
  SPILE_DETAIL_SPLIT(SPILE_DETAIL_SEMAPHORE, SPILE_DETAIL_FIRST(__VA_ARGS__, ~), \
                     SPILE_DETAIL_RAW_##__VA_ARGS__, ~)

/* ---- Macro machinery ------------------------------------------------------------------------ */

/*
 * SPLIT expands to emit(provider, "name", number of arguments, arguments..., ~).
 *
 * Operands of # and ## are the only arguments a preprocessor leaves alone, so a name gets to # as
 * part of a list whose head is an operand of ##; what that makes, SPILE_DETAIL_RAW_shop, is thrown
 * away. The final ~ keeps "..." from ever being empty, which C before C23 and C++ before C++20
 * forbid.
 */
#define SPILE_DETAIL_SPLIT(emit, provider, raw_provider, name, ...) \
  emit(provider, #name, SPILE_DETAIL_COUNT(__VA_ARGS__), __VA_ARGS__)
#define SPILE_DETAIL_FIRST(first, ...) first

#define SPILE_DETAIL_STRING(x) SPILE_DETAIL_STRING_(x)
#define SPILE_DETAIL_STRING_(x) #x
#define SPILE_DETAIL_CONCAT(x, y) SPILE_DETAIL_CONCAT_(x, y)
#define SPILE_DETAIL_CONCAT_(x, y) x##y
#define SPILE_DETAIL_COMMA() ,
#define SPILE_DETAIL_SPACE() " "
#define SPILE_DETAIL_NOTHING()

/* How many arguments stand before the final ~. */
#define SPILE_DETAIL_COUNT(...)                                                                  \
  SPILE_DETAIL_COUNT_(__VA_ARGS__, more_than_12_arguments, more_than_12_arguments,               \
                      more_than_12_arguments, more_than_12_arguments, 12, 11, 10, 9, 8, 7, 6, 5, \
                      4, 3, 2, 1, 0, ~)
#define SPILE_DETAIL_COUNT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, \
                            a17, count, ...)                                                       \
  count

/*
 * EACH(count, m, between, a, b, ..., ~) is m(1, EARLY, a) between() m(2, EARLY, b) ...
 * EARLY and LATE are asm constraints; LATE is for arguments that may find no register left.
 */
#define SPILE_DETAIL_EACH(count, ...) \
  SPILE_DETAIL_CONCAT(SPILE_DETAIL_EACH_, count)(__VA_ARGS__)
#define SPILE_DETAIL_EACH_more_than_12_arguments(m, s, ...) a_probe_takes_at_most_12_arguments
#define SPILE_DETAIL_EACH_0(m, s, ...)
#define SPILE_DETAIL_EACH_1(m, s, a, ...) m(1, SPILE_DETAIL_EARLY, a)
#define SPILE_DETAIL_EACH_2(m, s, a, b, ...) \
  SPILE_DETAIL_EACH_1(m, s, a, ~) s() m(2, SPILE_DETAIL_EARLY, b)
#define SPILE_DETAIL_EACH_3(m, s, a, b, c, ...) \
  SPILE_DETAIL_EACH_2(m, s, a, b, ~) s() m(3, SPILE_DETAIL_EARLY, c)
#define SPILE_DETAIL_EACH_4(m, s, a, b, c, d, ...) \
  SPILE_DETAIL_EACH_3(m, s, a, b, c, ~) s() m(4, SPILE_DETAIL_EARLY, d)
#define SPILE_DETAIL_EACH_5(m, s, a, b, c, d, e, ...) \
  SPILE_DETAIL_EACH_4(m, s, a, b, c, d, ~) s() m(5, SPILE_DETAIL_EARLY, e)
#define SPILE_DETAIL_EACH_6(m, s, a, b, c, d, e, f, ...) \
  SPILE_DETAIL_EACH_5(m, s, a, b, c, d, e, ~) s() m(6, SPILE_DETAIL_EARLY, f)
#define SPILE_DETAIL_EACH_7(m, s, a, b, c, d, e, f, g, ...) \
  SPILE_DETAIL_EACH_6(m, s, a, b, c, d, e, f, ~) s() m(7, SPILE_DETAIL_EARLY, g)
#define SPILE_DETAIL_EACH_8(m, s, a, b, c, d, e, f, g, h, ...) \
  SPILE_DETAIL_EACH_7(m, s, a, b, c, d, e, f, g, ~) s() m(8, SPILE_DETAIL_EARLY, h)
#define SPILE_DETAIL_EACH_9(m, s, a, b, c, d, e, f, g, h, i, ...) \
  SPILE_DETAIL_EACH_8(m, s, a, b, c, d, e, f, g, h, ~) s() m(9, SPILE_DETAIL_LATE, i)
#define SPILE_DETAIL_EACH_10(m, s, a, b, c, d, e, f, g, h, i, j, ...) \
  SPILE_DETAIL_EACH_9(m, s, a, b, c, d, e, f, g, h, i, ~) s() m(10, SPILE_DETAIL_LATE, j)
#define SPILE_DETAIL_EACH_11(m, s, a, b, c, d, e, f, g, h, i, j, k, ...) \
  SPILE_DETAIL_EACH_10(m, s, a, b, c, d, e, f, g, h, i, j, ~) s() m(11, SPILE_DETAIL_LATE, k)
#define SPILE_DETAIL_EACH_12(m, s, a, b, c, d, e, f, g, h, i, j, k, l, ...) \
  SPILE_DETAIL_EACH_11(m, s, a, b, c, d, e, f, g, h, i, j, k, ~) s() m(12, SPILE_DETAIL_LATE, l)

#if !SPILE_PROBES_AVAILABLE

/* Nothing is evaluated, yet no variable becomes unused. */
#define SPILE_DETAIL_PROBE(provider, name, count, ...)                              \
  do {                                                                              \
    if (0) {                                                                        \
      SPILE_DETAIL_EACH(count, SPILE_DETAIL_USE, SPILE_DETAIL_NOTHING, __VA_ARGS__) \
    }                                                                               \
  } while (0)
#define SPILE_DETAIL_SEMAPHORE SPILE_DETAIL_PROBE
#define SPILE_DETAIL_ENABLED(provider, name, count, ...) (0)
#if defined(__cplusplus)
#define SPILE_DETAIL_USE(i, place, x) ::spile::probe_detail::ignore(x);
extern "C++" {
namespace spile {
namespace probe_detail {
template <class T> inline void ignore(const T&) noexcept {}
}  // namespace probe_detail
}  // namespace spile
}  // extern "C++"
#else
#define SPILE_DETAIL_USE(i, place, x) (void)(x);
#endif

#else /* SPILE_PROBES_AVAILABLE */

/* ---- Assembly: site, note and gate ---------------------------------------------------------- */

#define SPILE_DETAIL_GATE(provider, name) "spile_gate." SPILE_DETAIL_STRING(provider) "." name

/* A gate is defined at most once per assembly file, and once per executable or shared library. */
#define SPILE_DETAIL_DEFINE_GATE(gate)                            \
  "\t.ifndef " gate "\n"                                          \
  "\t.pushsection .probes,\"awG\",\"progbits\"," gate ",comdat\n" \
  "\t.weak " gate "\n"                                            \
  "\t.hidden " gate "\n"                                          \
  "\t.type " gate ", STT_OBJECT\n"                                \
  "\t.balign 4\n"                                                 \
  gate ":\t.4byte 0\n"                                            \
  "\t.size " gate ", 4\n"                                         \
  "\t.popsection\n"                                               \
  "\t.endif\n"

/* Weak: the linker fills in 0 if nothing in this executable or shared library defines the gate. */
#define SPILE_DETAIL_REFER_TO_GATE(gate) "\t.weak " gate "\n\t.hidden " gate "\n"

/*
 * Section flag "?" puts the note into the group of the function around it, so that a discarded copy
 * of an inline function takes its notes along. The nop10 is not a site of its own: kernels that
 * cannot use it refuse a uprobe there.
 */
#define SPILE_DETAIL_NOTE(provider, name, gate, arguments)                  \
  "990:\tnop\n" SPILE_DETAIL_ROOM                                           \
  "\t.pushsection .note.stapsdt,\"?\",\"note\"\n"                           \
  "\t.balign 4\n"                                                           \
  "\t.4byte 992f-991f, 994f-993f, 3\n"                                      \
  "991:\t.asciz \"stapsdt\"\n"                                              \
  "992:\t.balign 4\n"                                                       \
  "993:\t.8byte 990b\n"                                                     \
  "\t.8byte _.stapsdt.base\n"                                               \
  "\t.8byte " gate "\n"                                                     \
  "\t.asciz \"" provider "\"\n"                                             \
  "\t.asciz \"" name "\"\n"                                                 \
  "\t.asciz \"" arguments "\"\n"                                            \
  "994:\t.balign 4\n"                                                       \
  "\t.popsection\n"                                                         \
  "\t.ifndef _.stapsdt.base\n"                                              \
  "\t.pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
  "\t.weak _.stapsdt.base\n"                                                \
  "\t.hidden _.stapsdt.base\n"                                              \
  "_.stapsdt.base:\t.space 1\n"                                             \
  "\t.size _.stapsdt.base, 1\n"                                             \
  "\t.popsection\n"                                                         \
  "\t.endif\n"

/* Notes written in Intel's syntax (-masm=intel) would be readable for nobody. */
#if defined(__x86_64__)
#define SPILE_DETAIL_CHECK_SYNTAX "{|\t.error \"spile/probe.h needs -masm=att\"\n}"
#define SPILE_DETAIL_ROOM "\t.byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0\n"
#define SPILE_DETAIL_LOAD_GATE(gate) "\tmovl " gate "(%%rip), %k0\n"
#define SPILE_DETAIL_EARLY "nr"
#define SPILE_DETAIL_LATE "nrm"
#else
#define SPILE_DETAIL_CHECK_SYNTAX ""
#define SPILE_DETAIL_ROOM ""
#define SPILE_DETAIL_LOAD_GATE(gate) "\tadrp %x0, " gate "\n\tldr %w0, [%x0, :lo12:" gate "]\n"
#define SPILE_DETAIL_EARLY "nr"
#define SPILE_DETAIL_LATE "nr"
#endif

/* "asm inline" tells the inliner that the text is long and the code is short. */
#if defined(__clang__) ? __clang_major__ >= 11 : __GNUC__ >= 9
#define SPILE_DETAIL_ASM __asm__ __volatile__ __inline__
#else
#define SPILE_DETAIL_ASM __asm__ __volatile__
#endif

/* ---- Sites ---------------------------------------------------------------------------------- */

#define SPILE_DETAIL_PROBE(provider, name, count, ...)                             \
  SPILE_DETAIL_SITE(SPILE_DETAIL_STRING(provider), name,                           \
                    SPILE_DETAIL_REFER_TO_GATE(SPILE_DETAIL_GATE(provider, name)), \
                    SPILE_DETAIL_GATE(provider, name), count, __VA_ARGS__)

#define SPILE_DETAIL_SEMAPHORE(provider, name, count, ...)                 \
  do {                                                                     \
    if (__builtin_expect(SPILE_DETAIL_ENABLED(provider, name, 0, ~), 0)) { \
      SPILE_DETAIL_PROBE(provider, name, count, __VA_ARGS__);              \
    }                                                                      \
  } while (0)

#define SPILE_DETAIL_ENABLED(provider, name, count, ...)                         \
  (__extension__({                                                               \
    unsigned spile_gate_;                                                        \
    SPILE_DETAIL_ASM(SPILE_DETAIL_CHECK_SYNTAX                                   \
                     SPILE_DETAIL_DEFINE_GATE(SPILE_DETAIL_GATE(provider, name)) \
                     SPILE_DETAIL_LOAD_GATE(SPILE_DETAIL_GATE(provider, name))   \
                     : "=r"(spile_gate_));                                       \
    spile_gate_ != 0;                                                            \
  }))

/*
 * prologue: directives that gate, the expression recorded as the semaphore's address, needs.
 * "memory": a tracer follows pointers; what the program stored before the probe has to be there.
 */
#define SPILE_DETAIL_SITE(provider, name, prologue, gate, count, ...)                     \
  do {                                                                                    \
    SPILE_DETAIL_EACH(count, SPILE_DETAIL_LOCAL, SPILE_DETAIL_NOTHING, __VA_ARGS__)       \
    SPILE_DETAIL_EACH(count, SPILE_DETAIL_LAUNDER, SPILE_DETAIL_NOTHING, __VA_ARGS__)     \
    SPILE_DETAIL_ASM(                                                                     \
        SPILE_DETAIL_CHECK_SYNTAX prologue                                                \
        SPILE_DETAIL_NOTE(                                                                \
            provider, name, gate,                                                         \
            SPILE_DETAIL_EACH(count, SPILE_DETAIL_SPEC, SPILE_DETAIL_SPACE, __VA_ARGS__)) \
        :                                                                                 \
        : SPILE_DETAIL_EACH(count, SPILE_DETAIL_OPERAND, SPILE_DETAIL_COMMA, __VA_ARGS__) \
        : "memory");                                                                      \
  } while (0)

/* One argument of the note, "-4@%edi"; %c prints a constant without punctuation. */
#define SPILE_DETAIL_SPEC(i, place, x) "%c[spile_size" #i "]@%[spile_value" #i "]"

/*
 * How values become operands. A value the compiler does not know at compile time passes through an
 * empty asm statement. From there on the compiler cannot know that it equals a global, a literal's
 * address or an element of an array, and has nothing but a register or its own stack slot to offer.
 * arm64 registers are always named by their 64-bit name; the note has the true size.
 *
 * Constants stay in the note if they fit 32 bits with a sign. Larger ones go through a register:
 * bcc and older bpftrace keep a constant in an int, and x86-64 prints 4294967295u as $-1.
 */
#if defined(__cplusplus)
#define SPILE_DETAIL_AS(t, v) static_cast<t>(v)
#else
#define SPILE_DETAIL_AS(t, v) ((t)(v))
#endif
#define SPILE_DETAIL_IS_CONSTANT(v) \
  (__builtin_constant_p(v) && SPILE_DETAIL_AS(long long, v) == SPILE_DETAIL_AS(int, v))

#ifndef __cplusplus

/*
 * C. raw: the argument after the conversions of an rvalue (the comma does them): arrays and
 * functions become pointers, qualifiers go. int: the integer type it travels in.
 * __builtin_classify_type: 1 to 4 integers, bool and enumerations, 5 pointers, 8 floating point.
 */
#define SPILE_DETAIL_LOCAL(i, place, x)                                                        \
  __typeof__((void)0, (x)) spile_raw##i = (x);                                                 \
  __extension__ _Static_assert(                                                                \
      sizeof(spile_raw##i) <= 8 && SPILE_DETAIL_IS_SCALAR(spile_raw##i),                       \
      "a probe argument is an integer, enum, pointer, float or double of 8 bytes or less");    \
  typedef __typeof__(SPILE_DETAIL_INT(spile_raw##i)) spile_int##i;                             \
  SPILE_DETAIL_REGISTER(spile_int##i)                                                          \
  spile_value##i = (spile_int##i)__extension__ _Generic((spile_raw##i), float : 0, double : 0, \
                                                        default : spile_raw##i);

#define SPILE_DETAIL_LAUNDER(i, place, x)                                                  \
  __builtin_memcpy(&spile_value##i, &spile_raw##i,                                         \
                   __builtin_classify_type(spile_raw##i) == 8 ? sizeof(spile_raw##i) : 0); \
  if (!SPILE_DETAIL_IS_CONSTANT(spile_value##i)) __asm__("" : "+r"(spile_value##i));

#define SPILE_DETAIL_OPERAND(i, place, x)                             \
  [spile_size##i] "n"(SPILE_DETAIL_SIZE(spile_raw##i, spile_int##i)), \
      [spile_value##i] place(spile_value##i)

#define SPILE_DETAIL_IS_SCALAR(v)     \
  (__builtin_classify_type(v) <= 5 || \
   (__builtin_classify_type(v) == 8 && sizeof(v) >= 4))

#define SPILE_DETAIL_INT(v)                                   \
  (__builtin_choose_expr(                                     \
       __builtin_classify_type(v) == 5, (__UINTPTR_TYPE__)0,  \
       __builtin_choose_expr(__builtin_classify_type(v) == 8, \
                             __builtin_choose_expr(sizeof(v) == 4, 0u, 0ull), v)) + 0)

#define SPILE_DETAIL_SIGNED(t, size) ((t)-1 < (t)1 ? -(int)(size) : (int)(size))
#define SPILE_DETAIL_SIZE(v, t)                                                        \
  __extension__ _Generic((v), char : SPILE_DETAIL_SIGNED(char, 1), signed char : -1,   \
                         short : -2, _Bool : 1, unsigned char : 1, unsigned short : 2, \
                         default : SPILE_DETAIL_SIGNED(t, sizeof(t)))

#if defined(__x86_64__)
#define SPILE_DETAIL_REGISTER(t) t
#else
#define SPILE_DETAIL_REGISTER(t) \
  __typeof__(__builtin_choose_expr(SPILE_DETAIL_SIGNED(t, 1) < 0, 0ll, 0ull))
#endif

#else /* C++ */

/*
 * C++. Everything happens inside the operand, so that temporaries live until the nop has run:
 * SPILE_PROBE(shop, open, path.string().c_str()) reads no freed memory.
 */
#define SPILE_DETAIL_LOCAL(i, place, x)
#define SPILE_DETAIL_LAUNDER(i, place, x)
#define SPILE_DETAIL_OPERAND(i, place, x)                                                       \
  [spile_size##i] "n"(                                                                          \
      ::spile::probe_detail::NoteSize<decltype(::spile::probe_detail::to_integer(x))>::kValue), \
      [spile_value##i] place(                                                                   \
          ::spile::probe_detail::launder(::spile::probe_detail::to_integer(x)))

#define SPILE_DETAIL_INLINE inline __attribute__((__always_inline__, __visibility__("hidden")))

extern "C++" {
namespace spile {
namespace probe_detail {

typedef __UINTPTR_TYPE__ Address;

template <bool condition, class T> struct OnlyIf {};
template <class T> struct OnlyIf<true, T> { typedef T Type; };
template <class T> struct Never { enum { kValue = 0 }; };
template <class T> struct IsEnum { enum { kValue = __is_enum(T) }; };
template <class T> struct IsClass { enum { kValue = __is_class(T) || __is_union(T) }; };

/* Sign and size as the note has them: int -4, unsigned 4. */
template <class T> struct NoteSize {
  enum { kValue = static_cast<T>(-1) < static_cast<T>(1) ? -static_cast<int>(sizeof(T))
                                                         : static_cast<int>(sizeof(T)) };
};

/* Scalar<T>::Type is the integer type in which a T is recorded. */
template <class T, bool is_enum = IsEnum<T>::kValue> struct Scalar {
  typedef T Type;
  static_assert(sizeof(T) <= 8 && (static_cast<T>(0.5) == static_cast<T>(0) ||
                                   static_cast<T>(2) == static_cast<T>(1)),
                "a probe argument is an integer, enum, pointer, float or double, 8 bytes or less");
  static SPILE_DETAIL_INLINE Type convert(T value) noexcept { return value; }
};

template <class T> struct Scalar<T, true> {
  typedef __underlying_type(T) Type;
  static SPILE_DETAIL_INLINE Type convert(T value) noexcept { return static_cast<Type>(value); }
};

template <class T> struct Scalar<T*, false> {
  typedef Address Type;
  static SPILE_DETAIL_INLINE Type convert(T* value) noexcept {
    return reinterpret_cast<Address>(value);
  }
};

template <> struct Scalar<decltype(nullptr), false> {
  typedef Address Type;
  static SPILE_DETAIL_INLINE Type convert(decltype(nullptr)) noexcept { return 0; }
};

template <> struct Scalar<float, false> {
  typedef unsigned Type;
  static SPILE_DETAIL_INLINE Type convert(float value) noexcept {
    Type bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(bits));
    return bits;
  }
};

template <> struct Scalar<double, false> {
  typedef unsigned long Type;
  static SPILE_DETAIL_INLINE Type convert(double value) noexcept {
    Type bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(bits));
    return bits;
  }
};

template <class C, class T> struct Scalar<T C::*, false> {
  typedef Address Type;
  static_assert(Never<C>::kValue, "a pointer to a member cannot be a probe argument");
};

/* A NUL-terminated copy of a text that has no terminator. Without memory it is cut short. */
class __attribute__((__visibility__("hidden"))) TextCopy {
 public:
  TextCopy() noexcept : heap_(nullptr) {}
  TextCopy(const TextCopy&) = delete;
  TextCopy& operator=(const TextCopy&) = delete;
  ~TextCopy() {
    if (heap_ != nullptr) __builtin_free(heap_);
  }

  const char* hold(const char* text, __SIZE_TYPE__ size) noexcept {
    char* copy = inline_;
    if (size >= sizeof(inline_)) {
      heap_ = static_cast<char*>(__builtin_malloc(size + 1));
      if (heap_ != nullptr)
        copy = heap_;
      else
        size = sizeof(inline_) - 1;
    }
    if (size != 0) __builtin_memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
  }

 private:
  char* heap_;
  char inline_[120];
};

/* Chosen in this order: c_str(), data() with size(), refusal. */
template <class T>
SPILE_DETAIL_INLINE auto find_text(const T& text, TextCopy&, int)
    -> decltype(Scalar<decltype(text.c_str())>::convert(text.c_str())) {
  return Scalar<decltype(text.c_str())>::convert(text.c_str());
}
template <class T>
SPILE_DETAIL_INLINE auto find_text(const T& text, TextCopy& copy, long)
    -> decltype(Scalar<const char*>::convert(copy.hold(text.data(), text.size()))) {
  return Scalar<const char*>::convert(copy.hold(text.data(), text.size()));
}
template <class T> SPILE_DETAIL_INLINE Address find_text(const T&, TextCopy&, ...) {
  static_assert(Never<T>::kValue,
                "a class as a probe argument needs c_str(), or data() and size() of char");
  return 0;
}

/* By value, so that static const members need no definition and bit-fields no address. */
template <class T>
SPILE_DETAIL_INLINE typename OnlyIf<!IsClass<T>::kValue, Scalar<T>>::Type::Type to_integer(
    T value) noexcept {
  return Scalar<T>::convert(value);
}
template <class T>
SPILE_DETAIL_INLINE typename OnlyIf<IsClass<T>::kValue, Address>::Type to_integer(
    const T& text, TextCopy&& copy = TextCopy()) {
  return find_text(text, copy, 0);
}

/* Narrow types travel as int, as they do in C. */
#if defined(__x86_64__)
template <class T, bool is_signed> struct Register {
  typedef decltype(static_cast<T>(0) + 0) Type;
};
#else
template <class T, bool is_signed> struct Register { typedef long long Type; };
template <class T> struct Register<T, false> { typedef unsigned long long Type; };
#endif

template <class T>
SPILE_DETAIL_INLINE typename Register<T, (NoteSize<T>::kValue < 0)>::Type launder(
    T argument) noexcept {
  typename Register<T, (NoteSize<T>::kValue < 0)>::Type value = argument;
  if (!SPILE_DETAIL_IS_CONSTANT(value)) __asm__("" : "+r"(value));
  return value;
}

}  // namespace probe_detail
}  // namespace spile
}  // extern "C++"

#endif /* __cplusplus */
#endif /* SPILE_PROBES_AVAILABLE */
#endif /* SPILE_PROBE_H */
