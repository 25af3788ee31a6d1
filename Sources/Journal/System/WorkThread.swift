internal import Glibc

/// A thread of its own for work that blocks on the disk, which would starve a pool of a few.
///
/// `@unchecked Sendable`: the handle is written once, before `start` returns.
package final class WorkThread: @unchecked Sendable {
  package enum Priority {
    case normal
    /// Gives way to requests: housekeeping that nobody waits for.
    case low
  }

  private let name: String
  private let priority: Priority
  private let work: @Sendable () -> Void
  private var handle = pthread_t()

  private init(name: String, priority: Priority, work: @escaping @Sendable () -> Void) {
    self.name = name
    self.priority = priority
    self.work = work
  }

  /// Linux keeps 15 bytes of the name.
  package static func start(
    name: String, priority: Priority, _ work: @escaping @Sendable () -> Void
  ) throws(JournalError) -> WorkThread {
    let thread = WorkThread(name: name, priority: priority, work: work)
    // The new thread owns one reference until its work is done.
    let reference = Unmanaged.passRetained(thread)
    let result = pthread_create(&thread.handle, nil, threadMain, reference.toOpaque())
    guard result == 0 else {
      reference.release()
      throw .unusableOptions("cannot start the thread \(name): \(errorText(result))")
    }
    return thread
  }

  /// Waits until the work has ended. Once, and not from the thread itself.
  package func join() {
    pthread_join(handle, nil)
  }

  /// Nobody will wait for it.
  package func detach() {
    pthread_detach(handle)
  }

  fileprivate func run() {
    // Both only help: a thread without its name or priority works as well. On Linux both mean the calling thread alone.
    setName()
    switch priority {
    case .normal: break
    case .low: setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, lowPriorityNice)
    }
    work()
  }

  /// For `top -H` and debuggers. Swift does not see `pthread_setname_np`, which does the same.
  private func setName() {
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = name.withCString { write(descriptor, $0, name.utf8.count) }
    close(descriptor)
  }
}

/// Halfway between normal (0) and idle (19).
private let lowPriorityNice: Int32 = 10

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<WorkThread>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
