internal import Glibc
internal import Journal
internal import Synchronization

/// Runs the ledger actor on a thread of its own.
///
/// The thread takes the whole mailbox, runs what Swift concurrency queued, then hands the parcels to the actor in one
/// go. Nothing else ever touches the actor's state, and no request costs a Task.
final class LedgerExecutor: SerialExecutor {
  let mailbox: Mailbox
  private let threadID = Atomic<UInt>(0)

  init(mailbox: Mailbox) { self.mailbox = mailbox }

  func enqueue(_ job: consuming ExecutorJob) {
    mailbox.enqueue(UnownedJob(job))
  }

  func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

  func checkIsolated() {
    // A programming error of ours, not reachable by input: the state would be raced for.
    precondition(isCurrentThread, "the ledger's state was touched off its thread")
  }

  private var isCurrentThread: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Starts the thread. `turn` runs once per wake-up; `finished` once, after the turn that saw the mailbox closed.
  /// The thread goes on for the sake of awaiting callers until the mailbox is abandoned.
  func start(
    turn: @escaping @Sendable (borrowing Mailbox.Contents) -> Void, finished: @escaping @Sendable () -> Void
  ) throws(JournalError) {
    let thread = try WorkThread.start(name: "ledger", priority: .normal) { [self] in
      threadID.store(UInt(pthread_self()), ordering: .relaxed)
      while true {
        let contents = mailbox.take()
        for job in contents.jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        if contents.order == .abandon { return }
        turn(contents)
        if contents.order == .stop { finished() }
      }
    }
    thread.detach()
  }
}
