/// A profile as it stands in a snapshot: always `encodedBytes` long, little endian.
///
///     submissions       u32
///     history           12 x (time u32, amount u32)   seconds; oldest first, unused places before them are 0
///     hours             24 x u8
///     ten minutes       4 x (start u32, sum u32, count u16)
///     eight hours       4 x (start u32, sum u32, count u16)
///     failures          4 x u32
///     day               u32
///     today, usual      payouts u16, deposits u16, payout amount u32, deposit amount u32
///     daysObserved      u8
///     abnormalOutcomes  u8
///     abnormalTime      u32
///
/// Bytes that no sequence of updates could have led to are refused.
extension AgentProfile {
  /// Below the 256 bytes that a row may have.
  static let encodedBytes = 4 + 12 * 8 + 24 + 2 * DepositBuckets.encodedBytes + 4 * 4 + 4 + 2 * 12 + 1 + 1 + 4

  func encode(into out: inout ByteWriter) {
    out.write(submissions)
    for place in 0..<Self.historyMaximum {
      out.write(times[place])
      out.write(amounts[place])
    }
    for hour in 0..<24 { out.write(hours[hour]) }
    minuteBuckets.encode(into: &out)
    dayBuckets.encode(into: &out)
    for place in 0..<Self.failuresMaximum { out.write(failures[place]) }
    out.write(day)
    today.encode(into: &out)
    usual.encode(into: &out)
    out.write(daysObserved)
    out.write(abnormalOutcomes)
    out.write(abnormalTime)
  }

  init(from input: inout ByteReader) throws(CodecError) {
    submissions = try input.read(UInt32.self)
    try readHistory(&input)
    for hour in 0..<24 { hours[hour] = try input.read(UInt8.self) }
    minuteBuckets = try DepositBuckets(from: &input, width: Self.minuteBucketSeconds)
    dayBuckets = try DepositBuckets(from: &input, width: Self.dayBucketSeconds)
    var previous: UInt32 = 0
    for place in 0..<Self.failuresMaximum {
      failures[place] = try input.read(UInt32.self)
      guard failures[place] >= previous else { throw input.impossible(place) }
      previous = failures[place]
    }
    day = try input.read(UInt32.self)
    guard day <= UInt32.max / Self.daySeconds else { throw input.impossible(0) }
    today = try DayFigures(from: &input)
    usual = try DayFigures(from: &input)
    daysObserved = try input.read(UInt8.self)
    guard daysObserved > 0 || usual == DayFigures() else { throw input.impossible(0) }
    abnormalOutcomes = try input.read(UInt8.self)
    abnormalTime = try input.read(UInt32.self)
    guard (abnormalOutcomes == 0) == (abnormalTime == 0) else { throw input.impossible(Int(abnormalOutcomes)) }
  }

  /// The newest moment it tells of: a snapshot's may not be after its last record.
  var newestTime: Timestamp {
    let newest = max(
      times[Self.historyMaximum - 1], minuteBuckets.newestStart, dayBuckets.newestStart,
      failures[Self.failuresMaximum - 1], abnormalTime, day * Self.daySeconds)
    // The first second of 1970 stands as 1, because 0 is "never".
    return Timestamp(microseconds: newest <= 1 ? 0 : Int64(newest) * 1_000_000)
  }

  private mutating func readHistory(_ input: inout ByteReader) throws(CodecError) {
    var previous: UInt32 = 0
    for place in 0..<Self.historyMaximum {
      times[place] = try input.read(UInt32.self)
      amounts[place] = try input.read(UInt32.self)
      let isUsed = UInt32(Self.historyMaximum - place) <= submissions
      guard times[place] >= previous, (times[place] > 0) == isUsed, (amounts[place] > 0) == isUsed else {
        throw input.impossible(place)
      }
      previous = times[place]
    }
  }
}

extension DayFigures {
  fileprivate func encode(into out: inout ByteWriter) {
    out.write(payouts)
    out.write(deposits)
    out.write(payoutAmount)
    out.write(depositAmount)
  }

  fileprivate init(from input: inout ByteReader) throws(CodecError) {
    payouts = try input.read(UInt16.self)
    deposits = try input.read(UInt16.self)
    payoutAmount = try input.read(UInt32.self)
    depositAmount = try input.read(UInt32.self)
  }
}

extension DepositBuckets {
  fileprivate static let encodedBytes = AgentProfile.bucketsMaximum * (4 + 4 + 2)

  fileprivate var newestStart: UInt32 { starts[AgentProfile.bucketsMaximum - 1] }

  fileprivate func encode(into out: inout ByteWriter) {
    for place in 0..<AgentProfile.bucketsMaximum {
      out.write(starts[place])
      out.write(sums[place])
      out.write(counts[place])
    }
  }

  fileprivate init(from input: inout ByteReader, width: UInt32) throws(CodecError) {
    var previous: UInt32 = 0
    for place in 0..<AgentProfile.bucketsMaximum {
      starts[place] = try input.read(UInt32.self)
      sums[place] = try input.read(UInt32.self)
      counts[place] = try input.read(UInt16.self)
      let start = starts[place]
      let isUsed = start > 0
      guard start > previous || (!isUsed && previous == 0), start <= 1 || start % width == 0,
        (sums[place] > 0) == isUsed, (counts[place] > 0) == isUsed
      else { throw input.impossible(place) }
      previous = start
    }
  }
}

extension ByteReader {
  /// - Parameter number: of the place in its table.
  fileprivate func impossible(_ number: Int) -> CodecError { CodecError(.value(UInt8(clamping: number)), at: offset) }
}
