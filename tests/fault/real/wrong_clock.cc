// Preloaded into a process, shows it a wall clock that is off by CRM_CLOCK_SHIFT_SECONDS, as if
// somebody had set it so before the process began. Monotonic and boot-time clocks stay right, and
// waits until a moment of the wall clock end when it comes.
//
// Not libfaketime: that deadlocks with jemalloc, which reads the clock while it starts, and it does
// not know of Abseil's waits, which are bare futex calls.
#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdlib>

namespace {

// No wall clock shows less, no monotonic one more.
constexpr time_t kWallSecondsMin = 1'000'000'000;

time_t Shift() {
  static const char* const text = std::getenv("CRM_CLOCK_SHIFT_SECONDS");
  return text == nullptr ? 0 : std::atol(text);
}

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool IsWall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

// The moment as the kernel knows it; `room` holds it.
const timespec* Unshifted(const timespec* moment, timespec& room) {
  if (moment == nullptr || moment->tv_sec < kWallSecondsMin) return moment;
  room = {moment->tv_sec - Shift(), moment->tv_nsec};
  return &room;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static auto* const next = Next<int(clockid_t, timespec*)>("clock_gettime");
  const int answer = next(clock, now);
  if (answer == 0 && IsWall(clock)) now->tv_sec += Shift();
  return answer;
}

int gettimeofday(timeval* now, void*) noexcept {
  timespec wall{};
  clock_gettime(CLOCK_REALTIME, &wall);
  *now = {wall.tv_sec, wall.tv_nsec / 1'000};
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec wall{};
  clock_gettime(CLOCK_REALTIME, &wall);
  if (out != nullptr) *out = wall.tv_sec;
  return wall.tv_sec;
}

int timespec_get(timespec* now, int base) noexcept {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  using Wait = int(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  // Without its version dlsym finds that of another kind of condition variable, which is history.
  static auto* const versioned =
      reinterpret_cast<Wait*>(dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"));
  static auto* const next = versioned != nullptr ? versioned : Next<Wait>("pthread_cond_timedwait");
  timespec room;
  return next(condition, mutex, Unshifted(until, room));
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  static auto* const next = Next<int(cnd_t*, mtx_t*, const timespec*)>("cnd_timedwait");
  timespec room;
  return next(condition, mutex, Unshifted(until, room));
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  static auto* const next = Next<int(sem_t*, const timespec*)>("sem_timedwait");
  timespec room;
  return next(semaphore, Unshifted(until, room));
}

long syscall(long number, ...) noexcept {
  static auto* const next = Next<long(long, long, long, long, long, long, long)>("syscall");
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  timespec room;
  if (number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME) != 0) {
    const auto* until = Unshifted(reinterpret_cast<const timespec*>(a[3]), room);
    a[3] = reinterpret_cast<long>(until);
  }
  return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

}  // extern "C"
