internal import Glibc

/// Wakes one waiting thread. A ring that comes while nobody waits is kept for the next wait; several count as one.
///
/// `@unchecked Sendable`: `rung` is only touched under the POSIX mutex, which (unlike `Synchronization.Mutex`) has a
/// condition variable to wait on.
package final class Doorbell: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var rung = false

  package init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func ring() {
    pthread_mutex_lock(mutex)
    rung = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Returns after a ring.
  package func wait() {
    pthread_mutex_lock(mutex)
    while !rung { pthread_cond_wait(condition, mutex) }
    rung = false
    pthread_mutex_unlock(mutex)
  }

  /// Returns after a ring, or when the time is over.
  package func wait(atMostNanoseconds: Int64) {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    let nanoseconds = Int64(deadline.tv_nsec) + atMostNanoseconds % nanosecondsPerSecond
    deadline.tv_sec += Int(atMostNanoseconds / nanosecondsPerSecond + nanoseconds / nanosecondsPerSecond)
    deadline.tv_nsec = Int(nanoseconds % nanosecondsPerSecond)
    pthread_mutex_lock(mutex)
    while !rung {
      if pthread_cond_timedwait(condition, mutex, &deadline) != 0 { break }
    }
    rung = false
    pthread_mutex_unlock(mutex)
  }
}

private let nanosecondsPerSecond: Int64 = 1_000_000_000
