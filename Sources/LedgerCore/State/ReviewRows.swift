/// One thing that happened to a withdrawal in review, on hold, or looked at later. All that is known of a review follows
/// from its acts, oldest first.
struct ReviewAct: BitwiseCopyable {
  /// Raw values stand in snapshots and are never renumbered.
  enum Kind: UInt8, CaseIterable {
    /// The submit put it in review; nobody's act.
    case opened = 1
    case claimed = 2
    case released = 3
    case approved = 4
    case rejected = 5
    case informationRequested = 6
    case escalated = 7
    case held = 8
    case lifted = 9
    /// Another payee: what was approved is not there any more.
    case amended = 10
    case outcomeReported = 11
    /// Back in review from a later state: what was approved is void.
    case reopened = 12

    /// Somebody asked for just this, and not for something that led to it.
    var isRequested: Bool { self != .opened && self != .reopened }
  }

  /// Ordinal of the review.
  let review: UInt64
  let kind: Kind
  /// 0: no member of staff.
  let role: UInt8
  /// Of `opened`, `amended` and `reopened` the people who must approve, of `outcomeReported` the outcome, else 0.
  let figure: UInt8
  /// Empty: no member of staff.
  let person: LabelArena.Reference
  /// Reason, question or note; empty where the kind has none.
  let note: LabelArena.Reference
  let time: Timestamp
  let sequence: UInt64
  /// When the review expires, after this act.
  var due: Timestamp
  /// Of an approval: the one before it that still counts.
  var previousApproval: UInt64 = 0

  init(
    review: UInt64, kind: Kind, role: UInt8 = 0, figure: UInt8 = 0, person: LabelArena.Reference,
    note: LabelArena.Reference, time: Timestamp, sequence: UInt64, due: Timestamp = Timestamp(microseconds: 0)
  ) {
    self.review = review
    self.kind = kind
    self.role = role
    self.figure = figure
    self.person = person
    self.note = note
    self.time = time
    self.sequence = sequence
    self.due = due
  }
}

/// How the review of a withdrawal stands. Also of one that was never in review, but held or reported. Stored acts are
/// ordinals, 0 for none.
struct ReviewRow: BitwiseCopyable {
  let withdrawal: UInt64
  /// Undecided by then, it expires. Stands still while it is held, and moves when it is let go.
  var due = Timestamp(microseconds: 0)
  /// While information is asked: what is left, in microseconds, for those who decide.
  var rest: Int64 = 0
  /// Sequence of what is approved: the submit, or the last amend.
  var version: UInt64 = 0
  /// People who must approve.
  var required: UInt8 = 0
  /// Raw value of a `ReviewOutcome`; 0 for none.
  var outcome: UInt8 = 0
  var isEscalated = false
  /// Waits for people, or for the clock.
  var isOpen = false
  var newest: UInt64 = 0
  var newestApproval: UInt64 = 0
  var claim: UInt64 = 0
  /// What information is asked for.
  var question: UInt64 = 0
  var hold: UInt64 = 0
  var rejection: UInt64 = 0
  /// Links of the open reviews, oldest first.
  var previousOpen: UInt64 = 0
  var nextOpen: UInt64 = 0
  /// In the queue of those that will expire, from 1; 0 when it is not there.
  var queuePlace: UInt64 = 0

  init(withdrawal: UInt64) { self.withdrawal = withdrawal }
}
