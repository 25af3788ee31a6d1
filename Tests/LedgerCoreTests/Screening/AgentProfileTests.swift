import Testing

@testable import LedgerCore

@Suite struct AgentProfileTests {
  static let start: Int64 = 1_790_000_000

  static func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: (start + seconds) * 1_000_000) }

  /// A year of everything, in any order that record times allow.
  static func busy(seed: UInt64) -> AgentProfile {
    var random = SeededRandom(seed: seed)
    var profile = AgentProfile()
    var seconds: Int64 = 0
    for _ in 0..<400 {
      seconds += Int64(random.next() % 100_000)
      let amount = Int64(random.next() % 10_000_000) + 1
      switch random.next() % 8 {
      case 0, 1, 2: profile.deposited(amount, at: at(seconds))
      case 3, 4, 5: profile.submitted(amount, verdict: .approve, at: at(seconds))
      case 6: profile.submitted(amount, verdict: .reject, at: at(seconds))
      default:
        profile.failed(at: at(seconds))
        profile.reported(random.next() % 3 == 0 ? .cleared : .fraud, at: at(seconds))
      }
    }
    return profile
  }

  static func bytes(_ profile: AgentProfile) -> [UInt8] {
    rowBytes { profile.encode(into: &$0) }
  }

  static func read(_ bytes: [UInt8]) throws -> AgentProfile {
    try bytes.withUnsafeBytes { raw in
      var input = ByteReader(raw)
      let profile = try AgentProfile(from: &input)
      guard input.remaining == 0 else { throw CodecError(.trailingBytes(input.remaining), at: input.offset) }
      return profile
    }
  }

  @Test func isSmall() {
    #expect(MemoryLayout<AgentProfile>.size <= 384)
    #expect(AgentProfile.encodedBytes <= SnapshotFormat.rowMaximumBytes)
  }

  @Test func countsWithinSpans() {
    var profile = AgentProfile()
    for minute in 0..<20 as Range<Int64> {
      profile.submitted(1_000 + minute, verdict: .approve, at: Self.at(minute * 60))
    }
    let now = Self.at(20 * 60)
    #expect(profile.submissions == 20)
    #expect(profile.submitted(within: 600, of: now) == AgentProfile.Volume(count: 10, amount: 10_145))
    // No more than are kept.
    #expect(profile.submitted(within: 86_400, of: now).count == Int64(AgentProfile.historyMaximum))
    #expect(profile.submitted(from: 1_015, below: 1_018, within: 86_400, of: now) == 3)
    #expect(profile.secondsSinceSubmission(now) == 60)
    #expect(AgentProfile().secondsSinceSubmission(now) == nil)
  }

  @Test(
    arguments: [
      ([], 0, 0, 0), ([700], 1, 700, 0), ([100, 300, 200], 3, 200, 100), ([100, 100, 100, 100, 9_000_000], 5, 100, 0),
      (Array(1...20).map { $0 * 10 }, 12, 150, 30),
    ] as [([Int64], Int, Int64, Int64)])
  func theHabitIsRobust(_ amounts: [Int64], _ count: Int, _ median: Int64, _ spread: Int64) {
    var profile = AgentProfile()
    for (place, amount) in amounts.enumerated() {
      profile.submitted(amount, verdict: .approve, at: Self.at(Int64(place)))
    }
    let habit = profile.amountHabit
    #expect(habit.count == count)
    #expect(habit.median == median)
    #expect(habit.spread == spread)
  }

  @Test func depositsAreKnownByTenMinutesAndByEightHours() {
    var profile = AgentProfile()
    for minute in [0, 1, 12, 100] as [Int64] { profile.deposited(500, at: Self.at(minute * 60)) }
    let now = Self.at(101 * 60)
    #expect(profile.depositedMinutes(within: 600, of: now) == AgentProfile.Volume(count: 1, amount: 500))
    #expect(profile.depositedMinutes(within: 7_200, of: now) == AgentProfile.Volume(count: 4, amount: 2_000))
    #expect(profile.depositedHours(within: 16 * 3_600, of: now).count == 4)
    #expect(profile.depositedHours(within: 3_600, of: Self.at(40 * 3_600)).count == 0)
  }

  @Test func aUsualDayIsTheMeanOfDaysWithActivity() {
    var profile = AgentProfile()
    #expect(profile.usualDay == DayFigures())
    for day in 0..<30 as Range<Int64> {
      for _ in 0..<2 { profile.submitted(3_000, verdict: .approve, at: Self.at(day * 86_400)) }
      profile.deposited(9_000, at: Self.at(day * 86_400))
    }
    // A month away leaves it as it was.
    profile.deposited(1, at: Self.at(60 * 86_400))
    #expect(profile.usualDay.payouts == 2 * DayFigures.one)
    #expect(profile.usualDay.payoutAmount == 6_000)
    #expect(profile.usualDay.deposits == DayFigures.one)
    #expect(profile.daysObserved == 30)
  }

  @Test func hoursAreSharesAndFade() {
    var profile = AgentProfile()
    for day in 0..<600 as Range<Int64> { profile.submitted(1, verdict: .approve, at: Self.at(day * 86_400)) }
    let hour = Int(Self.start % 86_400 / 3_600)
    #expect(profile.share256(ofHour: hour) == 256)
    #expect(profile.share256(ofHour: hour - 24) == 256)
    #expect(profile.share256(ofHour: hour + 1) == 0)
  }

  @Test func failuresAndOutcomesAreRemembered() {
    var profile = AgentProfile()
    profile.failed(at: Self.at(0))
    profile.submitted(5, verdict: .reject, at: Self.at(10))
    profile.submitted(5, verdict: .review, at: Self.at(20))
    #expect(profile.failures(within: 60, of: Self.at(30)) == 2)
    #expect(profile.failures(within: 10, of: Self.at(30)) == 0)
    profile.reported(.fraud, at: Self.at(30))
    profile.reported(.cleared, at: Self.at(40))
    profile.reported(.cleared, at: Self.at(40))
    #expect(profile.abnormalOutcomes == 0)
    profile.reported(.stolenCard, at: Self.at(50))
    #expect(profile.secondsSinceAbnormal(Self.at(70)) == 20)
  }

  /// Nothing that a record may hold stops the process.
  @Test func extremesSaturate() throws {
    var profile = AgentProfile()
    for time in [Int64.min, -1, 0, 1, .max, 5] {
      for _ in 0..<300 {
        profile.deposited(.max, at: Timestamp(microseconds: time))
        profile.submitted(.max, verdict: .reject, at: Timestamp(microseconds: time))
        profile.reported(.laundering, at: Timestamp(microseconds: time))
      }
      _ = profile.amountHabit
      _ = profile.submitted(within: .max, of: Timestamp(microseconds: time))
      _ = profile.depositedMinutes(within: .max, of: Timestamp(microseconds: time))
    }
    let bytes = Self.bytes(profile)
    #expect(Self.bytes(try Self.read(bytes)) == bytes)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func comesBackFromItsBytes(_ seed: UInt64) throws {
    let profile = Self.busy(seed: seed)
    let bytes = Self.bytes(profile)
    #expect(bytes.count == AgentProfile.encodedBytes)
    let read = try Self.read(bytes)
    #expect(Self.bytes(read) == bytes, "seed \(seed)")
    #expect(read.amountHabit == profile.amountHabit)
    #expect(profile.newestTime <= Self.at(400 * 100_000))
  }

  /// One field changed to what no updates could have led to. Offsets are those of the table at the codec.
  @Test(
    arguments: [
      ("no submissions, but a history", 0, 0), ("the newest submission before the others", 4 + 8 * 11, 1),
      ("a submission that never was", 4 + 8 * 11, 0), ("a submission of nothing", 8 + 8 * 11, 0),
      ("a bucket that starts within another", 124 + 30, 1_790_000_001), ("a bucket of nothing", 128 + 30, 0),
      ("failures out of order", 204, .max), ("a day beyond all seconds", 220, .max),
      ("abnormal outcomes at no time", 250, 0),
    ] as [(String, Int, UInt32)])
  func impossibleFieldsAreRefused(_ what: String, _ offset: Int, _ value: UInt32) {
    var profile = Self.busy(seed: 3)
    profile.reported(.fraud, at: Self.at(400 * 100_000))
    var bytes = Self.bytes(profile)
    #expect(throws: Never.self) { try Self.read(bytes) }
    for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
    #expect(throws: CodecError.self, "\(what)") { try Self.read(bytes) }
  }

  /// Bytes may be anything: they are refused, or are a profile that gives the same bytes and can be asked and updated.
  @Test func alteredBytesAreRefusedOrHarmless() {
    let seed: UInt64 = 0xA9
    var random = SeededRandom(seed: seed)
    var refused = 0
    let originals = (0..<7 as Range<UInt64>).map { Self.bytes(Self.busy(seed: $0)) }
    for round in 0..<5_000 {
      var bytes = originals[round % originals.count]
      for _ in 0...random.next() % 3 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 0xFF) }
      guard var profile = try? Self.read(bytes) else {
        refused += 1
        continue
      }
      if Self.bytes(profile) != bytes { Issue.record("seed \(seed), round \(round): other bytes") }
      _ = profile.amountHabit
      _ = profile.depositedHours(within: 86_400, of: Self.at(0))
      profile.submitted(.max, verdict: .reject, at: Self.at(0))
      profile.deposited(.max, at: Self.at(0))
    }
    #expect(refused > 1_000, "seed \(seed)")
    for count in 0..<AgentProfile.encodedBytes {
      #expect(throws: CodecError.self) { try Self.read(Array(originals[1].prefix(count))) }
    }
  }
}

/// What a row of a snapshot writes.
func rowBytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
  withUnsafeTemporaryAllocation(byteCount: SnapshotFormat.rowMaximumBytes, alignment: 8) { buffer in
    guard let base = buffer.baseAddress else { return [] }
    var out = ByteWriter(base, capacity: buffer.count)
    write(&out)
    return Array(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[0..<out.count]))
  }
}
