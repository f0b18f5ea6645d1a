// Our own Wolff kernels in C++, the floor under the others:
// floor textbook|scalar|bits SIZE TEMPERATURE UPDATES.
//
// textbook  a stack, std::mt19937, a branch a bond
// scalar    first in, first out; no unpredictable branch;
//           four 16-bit draws from one word of xoshiro256++
// bits      a row of spins is a 64-bit word, and eight chains lie side by side in one vector
//
// Build: g++ -std=c++17 -O3 -march=native -Wno-psabi floor.cpp -o floor.
// It prints the same line of JSON as the other drivers.

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

using Word = std::uint64_t;
constexpr long WARM_UP = 20000;
constexpr int SAMPLES = 2000, BLOCKS = 20;

struct Splitmix {
    Word state;
    Word operator()() {
        Word z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
};

// xoshiro256++ on words or on vectors of words.
template <class T>
struct Xoshiro {
    T a, b, c, d;
    static T rotate(T x, int bits) { return (x << bits) | (x >> (64 - bits)); }
    T operator()() {
        const T word = rotate(a + d, 23) + a, shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = rotate(d, 45);
        return word;
    }
};

double bond_probability(double temperature) { return -std::expm1(-2 / temperature); }

class Textbook {
public:
    static constexpr const char *name = "our C++, textbook";
    static constexpr int chains = 1;

    Textbook(int size, double temperature)
        : size(size), probability(bond_probability(temperature)), spins(size * size, 1),
          random(1) {}

    long update() {
        std::uniform_int_distribution<int> site(0, size * size - 1);
        std::uniform_real_distribution<double> uniform(0, 1);
        const int seed = site(random), old = spins[seed];
        long flipped = 0;
        spins[seed] = -old;
        stack.assign(1, seed);
        while (!stack.empty()) {
            const int current = stack.back(), y = current / size, x = current % size;
            stack.pop_back();
            ++flipped;
            const int right = y * size + (x + 1) % size, left = y * size + (x + size - 1) % size;
            const int down = (y + 1) % size * size + x, up = (y + size - 1) % size * size + x;
            for (const int neighbour : {right, left, down, up})
                if (spins[neighbour] == old && uniform(random) < probability) {
                    spins[neighbour] = -old;
                    stack.push_back(neighbour);
                }
        }
        return flipped;
    }

    bool up(int, int y, int x) const { return spins[y * size + x] > 0; }

private:
    int size;
    double probability;
    std::vector<int> spins, stack;
    std::mt19937 random;
};

class Scalar {
public:
    static constexpr const char *name = "our C++, scalar";
    static constexpr int chains = 1;

    Scalar(int size, double temperature)
        : size(size), threshold(std::ldexp(bond_probability(temperature), 64)),
          spins(size * size, 1), queue(size * size + 1), neighbours(size * size) {
        Splitmix seed{1};
        random = {seed(), seed(), seed(), seed()};
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x)
                neighbours[y * size + x] = {std::uint16_t(y * size + (x + 1) % size),
                                            std::uint16_t(y * size + (x + size - 1) % size),
                                            std::uint16_t((y + 1) % size * size + x),
                                            std::uint16_t((y + size - 1) % size * size + x)};
    }

    long update() {
        const Word upper = threshold >> 48;
        auto state = random;  // in registers
        const int seed = ((state() >> 32) * Word(size * size)) >> 32;  // the bias is below 1e-6
        const std::uint8_t old = spins[seed];
        spins[seed] ^= 1;
        queue[0] = seed;
        int head = 0, tail = 1;
        while (head < tail) {
            const auto &around = neighbours[queue[head++]];
            const Word word = state();
            for (int direction = 0; direction < 4; ++direction) {
                const Word draw = word >> (16 * direction) & 0xffff;
                bool opens = draw < upper;
                if (__builtin_expect(draw == upper, 0))
                    opens = (state() >> 16) < (threshold & 0xffffffffffff);
                const int neighbour = around[direction];
                const std::uint8_t joins = opens & (spins[neighbour] == old);
                queue[tail] = neighbour;
                tail += joins;
                spins[neighbour] ^= joins;
            }
        }
        random = state;
        return tail;
    }

    bool up(int, int y, int x) const { return spins[y * size + x]; }

private:
    int size;
    Word threshold;
    std::vector<std::uint8_t> spins;
    std::vector<std::uint16_t> queue;
    std::vector<std::array<std::uint16_t, 4>> neighbours;
    Xoshiro<Word> random;
};

// Eight words of 64 bits, one a chain.
typedef Word Lanes __attribute__((vector_size(64)));

inline Lanes all(Word word) { return Lanes{} + word; }

inline bool any(Lanes x) {
#ifdef __AVX512F__
    return _mm512_test_epi64_mask((__m512i)x, (__m512i)x);
#else
    Word either = 0;
    for (int lane = 0; lane < 8; ++lane) either |= x[lane];
    return either;
#endif
}

inline Lanes reversed(Lanes x) {
#if defined(__AVX512BW__) && defined(__GFNI__)
    const __m512i bytes =
        _mm512_gf2p8affine_epi64_epi8((__m512i)x, (__m512i)all(0x8040201008040201), 0);
    const Word low = 0x0001020304050607, high = 0x08090a0b0c0d0e0f;
    return (Lanes)_mm512_shuffle_epi8(bytes,
                                      (__m512i)Lanes{low, high, low, high, low, high, low, high});
#else
    const Word masks[] = {0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
                          0x00ff00ff00ff00ff, 0x0000ffff0000ffff};
    for (int power = 0; power < 5; ++power)
        x = ((x >> (1 << power)) & masks[power]) | ((x & masks[power]) << (1 << power));
    return (x >> 32) | (x << 32);
#endif
}

// Bonds are drawn for whole rows, once the cluster reaches the row.
// Then the cluster spreads in its row by the carries of an addition
// and to the rows above and below by "and", until no row has news.
// The chains share the row of the seed, so that their clusters lie in the same rows:
// that leaves the product of their distributions invariant. Each chain draws its own column.
class Bits {
public:
    static constexpr const char *name = "our C++, bits";
    static constexpr int chains = 8;

    Bits(int size, double temperature) : size(size), row_mask((Word(1) << size) - 1) {
        if (size > 62) std::fprintf(stderr, "floor: at most 62 columns fit a word\n"), std::exit(2);
        const Word probability = std::ldexp(bond_probability(temperature), 64);
        for (int digit = 0; digit < 64; ++digit)
            digits[digit] = all(probability >> (63 - digit) & 1 ? ~Word(0) : 0);
        Splitmix seed{1};
        rows.state = seed();
        for (Lanes *part : {&random.a, &random.b, &random.c, &random.d})
            for (int lane = 0; lane < chains; ++lane) (*part)[lane] = seed();
        for (int y = 0; y < size; ++y) spins[y] = all(row_mask);
    }

    long update() {
        int row = ((rows() >> 32) * Word(size)) >> 32;
        const Lanes seed = all(1) << (((random() >> 32) * Word(size)) >> 32);
        // in chains whose seed is down, turn the spins over
        inverse = (Lanes)((spins[row] & seed) == all(0));
        reached = drawn = drawn_below = 0;
        reach(row);
        cluster[row] = seed;
        news = Word(1) << row;
        for (bool down = true; news; row = nearest(row, down)) visit(row);
        return flip();
    }

    bool up(int chain, int y, int x) const { return spins[y][chain] >> x & 1; }

private:
    int below(int row) const { return row + 1 == size ? 0 : row + 1; }
    int above(int row) const { return row ? row - 1 : size - 1; }

    // The nearest row with news, ahead rather than behind.
    int nearest(int row, bool &down) const {
        if (!news) return row;
        const Word turned = ((news >> row) | (news << (size - row))) & row_mask;
        const int beneath = __builtin_ctzll(turned), over = size - 63 + __builtin_clzll(turned);
        if (beneath != over) down = beneath < over;
        const int next = down ? row + beneath : row - over;
        return next < 0 ? next + size : next >= size ? next - size : next;
    }

    void reach(int row) {
        if (reached >> row & 1) return;
        reached |= Word(1) << row;
        same[row] = (spins[row] ^ inverse) & row_mask;
        cluster[row] = all(0);
    }

    // Each of `candidates` with the bond probability:
    // its binary digits are compared with random ones until they differ.
    Lanes bonds(Lanes candidates) {
        Lanes open = all(0);
        auto state = random;  // in registers
        for (int first = 0; first < 64 && any(candidates); first += 5)
            for (int digit = first; digit < first + 5; ++digit) {
                const Lanes differs = candidates & (state() ^ digits[digit]);
                open |= differs & digits[digit];
                candidates ^= differs;
            }
        random = state;
        return open;
    }

    void draw(int row) {
        drawn |= Word(1) << row;
        const Lanes spins_here = same[row];
        right[row] = bonds(spins_here & ((spins_here >> 1) | (spins_here << (size - 1))));
        const Lanes mirror = reversed(right[row]) >> (64 - size);
        left[row] = ((mirror >> 1) | (mirror << (size - 1))) & row_mask;
    }

    void draw_below(int row) {
        drawn_below |= Word(1) << row;
        down_bonds[row] = bonds(same[row] & same[below(row)]);
    }

    // Sites that `from` reaches towards higher columns:
    // a carry runs along open bonds, and once around.
    Lanes spread(Lanes from, Lanes open) const {
        const Lanes start = from & open;
        const Lanes once = (open + start) ^ open ^ start;
        const Lanes twice = (open + start + (once >> size)) ^ open ^ start;
        return (from | twice) & row_mask;
    }

    void join(int row, Lanes sites) {
        const Lanes joining = sites & ~cluster[row];
        if (!any(joining)) return;
        cluster[row] |= joining;
        news |= Word(1) << row;
    }

    void visit(int row) {
        news &= ~(Word(1) << row);
        if (!(drawn >> row & 1)) draw(row);
        const Lanes from = cluster[row], mirror = reversed(from) >> (64 - size);
        const Lanes here =
            spread(from, right[row]) | reversed(spread(mirror, left[row])) >> (64 - size);
        cluster[row] = here;
        for (const int neighbour : {below(row), above(row)}) {
            const int upper = neighbour == below(row) ? row : neighbour;
            reach(neighbour);
            if (!(drawn_below >> upper & 1)) draw_below(upper);
            join(neighbour, here & down_bonds[upper]);
        }
    }

    long flip() {
        long flipped = 0;
        for (Word left = reached; left; left &= left - 1) {
            const int row = __builtin_ctzll(left);
            spins[row] ^= cluster[row];
            for (int lane = 0; lane < chains; ++lane)
                flipped += __builtin_popcountll(cluster[row][lane]);
        }
        return flipped;
    }

    int size;
    Word row_mask, reached, drawn, drawn_below, news;
    // of the bond probability, the most significant first, and one to make multiples of five
    Lanes digits[65] = {};
    Lanes spins[64], same[64], cluster[64], right[64], left[64], down_bonds[64], inverse;
    Xoshiro<Lanes> random;
    Splitmix rows;
};

template <class Kernel>
long repeat(Kernel &kernel, long updates) {
    long flipped = 0;
    for (long done = 0; done < updates; done += Kernel::chains) flipped += kernel.update();
    return flipped;
}

template <class Kernel>
double energy(const Kernel &kernel, int size) {
    long aligned = 0;
    for (int chain = 0; chain < Kernel::chains; ++chain)
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x) {
                const bool up = kernel.up(chain, y, x);
                aligned += (up == kernel.up(chain, y, (x + 1) % size)) +
                           (up == kernel.up(chain, (y + 1) % size, x));
            }
    return 2 - 2.0 * aligned / (size * size * Kernel::chains);
}

double peak_memory_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stol(line.substr(6)) * 1.024e-3;
    return std::nan("");
}

template <class Kernel>
void measure(int size, double temperature, long updates) {
    Kernel kernel(size, temperature);
    updates = (updates + Kernel::chains - 1) / Kernel::chains * Kernel::chains;
    repeat(kernel, WARM_UP * Kernel::chains);
    const auto start = std::chrono::steady_clock::now();
    const long flipped = repeat(kernel, updates);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double memory = peak_memory_mb();
    double sum = 0, squares = 0;
    for (int block = 0; block < BLOCKS; ++block) {
        double mean = 0;
        for (int sample = 0; sample < SAMPLES / BLOCKS; ++sample) {
            repeat(kernel, (temperature < 2.5 ? 5 : 100) * Kernel::chains);
            mean += energy(kernel, size) / (SAMPLES / BLOCKS);
        }
        sum += mean;
        squares += mean * mean;
    }
    const double mean = sum / BLOCKS,
                 error = std::sqrt((squares / BLOCKS - mean * mean) / (BLOCKS - 1));
    const char *note =
        Kernel::chains > 1 ? ", \"note\": \"eight chains on one core; their updates are added up\""
                           : "";
    std::printf("{\"name\": \"%s\", \"version\": \"g++ %d.%d\", \"updates_per_second\": %.17g, "
                "\"ns_per_flip\": %.17g, \"derived\": false, \"seconds\": %.17g, "
                "\"peak_memory_mb\": %.3f, \"cluster\": %.17g, \"energy\": %.17g, "
                "\"energy_error\": %.17g%s}\n",
                Kernel::name, __GNUC__, __GNUC_MINOR__, updates / seconds,
                1e9 * seconds / flipped, seconds, memory,
                double(flipped) / updates, mean, error, note);
}

int main(int count, char **arguments) {
    const std::string kernel = count == 5 ? arguments[1] : "";
    if (kernel != "textbook" && kernel != "scalar" && kernel != "bits") {
        std::fprintf(stderr, "usage: floor textbook|scalar|bits SIZE TEMPERATURE UPDATES\n");
        return 2;
    }
    const int size = std::atoi(arguments[2]);
    const double temperature = std::atof(arguments[3]);
    const long updates = std::atol(arguments[4]);
    if (kernel == "textbook") measure<Textbook>(size, temperature, updates);
    if (kernel == "scalar") measure<Scalar>(size, temperature, updates);
    if (kernel == "bits") measure<Bits>(size, temperature, updates);
}
