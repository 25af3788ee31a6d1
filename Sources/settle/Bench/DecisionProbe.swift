import Digests
import Glibc
import Histogram
import LedgerCore

/// What it takes to decide a withdrawal, alone on one thread: from the command to the record, without writing anything.
/// Agents with habits of their own submit in turn over some weeks of made-up time, each with its payee, device and
/// address; every decision is applied, so that profiles and links fill as they would.
struct DecisionProbe {
  /// Enough that the tables do not stay in the caches next to the core.
  private static let agents = 10_000
  /// Made-up time between two submissions: an agent comes every 14 hours.
  private static let stepMicroseconds: Int64 = 5_000_000
  private static let start = Timestamp(microseconds: 1_790_000_000_000_000)

  let policy: any Policy
  let decisions: Int

  struct Result {
    /// Nanoseconds of each decision.
    var nanoseconds: Histogram<UInt32>
    var approved = 0
    var others = 0
  }

  func measure() throws(Failure) -> Result {
    var state = LedgerState(epoch: 0, shard: 0, hashSeed: HashSeed(first: 1, second: 2))
    let partner = try label("bench")
    for agent in 0..<Self.agents { try prepare(agent, partner, &state) }
    var result = Result(
      nanoseconds: Histogram<UInt32>(highestTrackableValue: 10_000_000_000, numberOfSignificantValueDigits: .three))
    var random: UInt64 = 0x5EED
    for index in 0..<decisions {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let command = try submission(index, agent: index % Self.agents, random: random >> 33, partner)
      let now = Timestamp(microseconds: Self.start.microseconds + Int64(index) * Self.stepMicroseconds)
      let begin = monotonicNanoseconds()
      let decision = state.decide(.submitWithdrawal(command), policy: policy, now: now)
      let end = monotonicNanoseconds()
      guard case .record(let record) = decision else {
        throw Failure(.internalError, "a submission of the probe was not decided: \(decision)")
      }
      result.nanoseconds.record(UInt64(max(end - begin, 0)))
      if case .withdrawalSubmitted(let fact) = record, fact.state == .approved {
        result.approved += 1
      } else {
        result.others += 1
      }
      try apply(record, at: now, &state)
    }
    return result
  }

  private func prepare(_ agent: Int, _ partner: Label, _ state: inout LedgerState) throws(Failure) {
    let name = try label("agent-\(agent)")
    for command: Command in [
      .createAgent(CreateAgent(key: try key("create-\(agent)", partner), partner: partner, agent: name)),
      .deposit(
        Deposit(
          key: try key("deposit-\(agent)", partner), partner: partner, agent: name,
          amount: Money(minorUnits: 1_000_000_000_000, currency: .cny), externalReference: try label("d-\(agent)"))),
    ] {
      let past = Timestamp(microseconds: Self.start.microseconds - 90 * 86_400_000_000)
      guard case .record(let record) = state.decide(command, policy: policy, now: past) else {
        throw Failure(.internalError, "the probe's agents could not be prepared")
      }
      try apply(record, at: past, &state)
    }
  }

  private func apply(_ record: Record, at time: Timestamp, _ state: inout LedgerState) throws(Failure) {
    do throws(CorruptRecord) {
      try state.evolve(record, sequence: state.lastSequence + 1, time: time)
    } catch {
      throw Failure(.internalError, "a record of the probe does not apply: \(error)")
    }
  }

  private func submission(
    _ index: Int, agent: Int, random: UInt64, _ partner: Label
  ) throws(Failure) -> SubmitWithdrawal {
    // Around 500 CNY, by a tenth.
    let amount = Int64(45_000 + (agent % 7) * 5_000 + Int(random % 5_000))
    return SubmitWithdrawal(
      key: try key("submit-\(index)", partner), partner: partner, agent: try label("agent-\(agent)"),
      amount: Money(minorUnits: amount, currency: .cny), payee: try label("payee-\(agent)"),
      origin: Origin(device: try label("device-\(agent)"), address: try label("10.0.\(agent / 250).\(agent % 250)")))
  }

  private func key(_ id: String, _ partner: Label) throws(Failure) -> RequestKey {
    RequestKey(namespace: .partner(partner), id: try label(id), content: Fingerprint128())
  }

  private func label(_ text: String) throws(Failure) -> Label {
    do throws(Label.Defect) { return try Label(text) } catch {
      throw Failure(.internalError, "the probe's name \(text) is no label: \(error)")
    }
  }

  private func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
