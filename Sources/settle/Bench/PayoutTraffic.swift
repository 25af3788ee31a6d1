import GRPCProto
import SettlementClient
import SettlementProto

/// The withdrawals of a run with trouble: batches that are repeated with the same request ids until they are answered, as a
/// platform does.
struct PayoutTraffic: Sendable {
  let people: PayoutPeople
  let progress: PayoutProgress
  let plan: PayoutPlan

  private static let batchItems = 500
  /// Smallest and largest amount, minor units.
  private static let amounts: ClosedRange<Int64> = 100...50_000

  /// A bound for what all withdrawals of an agent come to.
  static func depositMinorUnits(_ payouts: Int) -> Int64 {
    (Int64(payouts / PayoutPeople.agentCount) + 1) * amounts.upperBound
  }

  func run() async throws {
    var numbers = SeededNumbers(seed: plan.seed ^ 0x7261_6666_6963)
    var next = 0
    while next < plan.payouts {
      let count = min(Self.batchItems, plan.payouts - next)
      var batch = Settlement_V1_BatchSubmitWithdrawalsRequest()
      batch.items = (next..<next + count).map { request($0, &numbers) }
      try await submit(batch)
      next += count
    }
    await progress.allSubmitted()
  }

  private func request(_ index: Int, _ numbers: inout SeededNumbers) -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = "w-\(plan.seed)-\(index)"
    request.agent = PayoutPeople.agents[index % PayoutPeople.agentCount]
    request.amount = Settlement_V1_Money(
      currency: PayoutPeople.currencyCode, Int64.random(in: Self.amounts, using: &numbers))
    request.payee = "payee-\(index)"
    request.speed = .express
    return request
  }

  private func submit(_ batch: Settlement_V1_BatchSubmitWithdrawalsRequest) async throws {
    let reply = try await people.partner.batchSubmitWithdrawals(batch)
    var ids: [String] = []
    var missing = Settlement_V1_BatchSubmitWithdrawalsRequest()
    for (item, result) in zip(batch.items, reply.results) {
      switch result.result {
      case .withdrawal(let withdrawal)?: ids.append(withdrawal.id)
      // At a limit for a moment: the same request once more.
      case .error(let error)? where error.code == 8 || error.code == 14: missing.items.append(item)
      case .error(let error)?:
        throw Failure(.refused, "the submission \(item.requestID) was refused: \(error.message)")
      case nil: throw Failure(.internalError, "the submission \(item.requestID) was not answered")
      }
    }
    await progress.acknowledge(ids)
    if !missing.items.isEmpty {
      try await Task.sleep(for: .milliseconds(20))
      try await submit(missing)
    }
  }
}

/// Watches every change, and does what a platform does about withdrawals that need somebody.
struct PayoutCare: Sendable {
  let people: PayoutPeople
  let progress: PayoutProgress

  /// - Parameter cursor: from before the first submission.
  func run(from cursor: String) async throws {
    let (needy, telling) = AsyncStream<Settlement_V1_Withdrawal>.makeStream()
    try await withThrowingTaskGroup { group in
      group.addTask {
        for await withdrawal in needy { try await act(on: withdrawal) }
      }
      group.addTask {
        var request = Settlement_V1_WatchWithdrawalsRequest()
        request.cursor = cursor
        for try await event in people.watcher.watchWithdrawals(request) {
          guard case .change(let change)? = event.event else { continue }
          await progress.note(change)
          switch change.state {
          case .actionRequired, .awaitingPayee: telling.yield(change.withdrawal)
          default: break
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// More often than anything can change under our hands.
  private static let triesMaximum = 8

  /// Amends, retries or cancels what needs somebody, and cancels some of those that wait for their payee. What is refused was
  /// overtaken: it is looked at again.
  private func act(on told: Settlement_V1_Withdrawal) async throws {
    for number in 0..<Self.triesMaximum {
      var get = Settlement_V1_GetWithdrawalRequest()
      get.id = told.id
      let withdrawal = try await people.partner.getWithdrawal(get)
      let choice = withdrawal.id.utf8.reduce(withdrawal.attempts.count + number) { $0 &+ Int($1) } % 4
      do throws(SettlementError) {
        switch (withdrawal.state, choice) {
        case (.actionRequired, 0): try await cancel(withdrawal)
        case (.actionRequired, 1): try await retry(withdrawal)
        case (.actionRequired, _): try await amend(withdrawal)
        case (.awaitingPayee, 0) where number == 0: try await cancel(withdrawal)
        default: break
        }
        return
      } catch {
        guard error.kind == .refused else { throw error }
      }
    }
  }

  private func requestID(_ what: String, _ withdrawal: Settlement_V1_Withdrawal) -> String {
    "\(what)-\(withdrawal.id)-\(withdrawal.receipt.sequence)"
  }

  private func cancel(_ withdrawal: Settlement_V1_Withdrawal) async throws(SettlementError) {
    var request = Settlement_V1_CancelWithdrawalRequest()
    request.requestID = requestID("cancel", withdrawal)
    request.id = withdrawal.id
    _ = try await people.partner.cancelWithdrawal(request)
  }

  private func retry(_ withdrawal: Settlement_V1_Withdrawal) async throws(SettlementError) {
    var request = Settlement_V1_RetryWithdrawalRequest()
    request.requestID = requestID("retry", withdrawal)
    request.id = withdrawal.id
    _ = try await people.partner.retryWithdrawal(request)
  }

  private func amend(_ withdrawal: Settlement_V1_Withdrawal) async throws(SettlementError) {
    var request = Settlement_V1_AmendWithdrawalRequest()
    request.requestID = requestID("amend", withdrawal)
    request.id = withdrawal.id
    request.payee = "mended-\(withdrawal.attempts.count)-\(withdrawal.payee.prefix(40))"
    _ = try await people.partner.amendWithdrawal(request)
  }
}
