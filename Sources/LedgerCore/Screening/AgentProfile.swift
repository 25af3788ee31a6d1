/// What is remembered of an agent's habits, in bounded space, as risk rules need it. Part of the state: `evolve` updates it
/// from records alone, so that a replay judges the same.
package struct AgentProfile: Sendable, BitwiseCopyable {
  /// Withdrawals submitted so far, whatever became of them.
  package private(set) var submissions: UInt32 = 0

  package init() {}

  // What `evolve` tells. Amounts in minor units, above 0.

  package mutating func deposited(_ amount: Int64, at time: Timestamp) {}
  package mutating func submitted(_ amount: Int64, verdict: RiskVerdict, at time: Timestamp) { submissions &+= 1 }
  /// A submission that was refused for a business reason, or a review that ended with a rejection.
  package mutating func failed(at time: Timestamp) {}
  package mutating func reported(_ outcome: ReviewOutcome, at time: Timestamp) {}
}

// As it stands in a snapshot: always `encodedBytes` long.
extension AgentProfile {
  static let encodedBytes = 4

  func encode(into out: inout ByteWriter) { out.write(submissions) }

  init(from input: inout ByteReader) throws(CodecError) { submissions = try input.read(UInt32.self) }
}
