internal import HTTPStreams
internal import Ledger
internal import LedgerCore
internal import RPC

/// A request of the hot path that asks the ledger for one withdrawal.
protocol WithdrawalRequest {
  static var method: Method { get }
  /// Decodes and checks everything that can be checked without the ledger.
  static func operation(
    _ message: WireReader, of principal: Principal, _ quotes: QuoteTokens
  ) throws(RPCStatus) -> LedgerOperation
}

enum SubmitWithdrawalRequest: WithdrawalRequest {
  static var method: Method { .submitWithdrawal }

  static func operation(
    _ message: WireReader, of principal: Principal, _ quotes: QuoteTokens
  ) throws(RPCStatus) -> LedgerOperation {
    .command(.submitWithdrawal(try SubmitWithdrawalMessage.decode(message).command(of: principal, quotes)))
  }
}

enum GetWithdrawalRequest: WithdrawalRequest {
  static var method: Method { .getWithdrawal }

  static func operation(
    _ message: WireReader, of principal: Principal, _ quotes: QuoteTokens
  ) throws(RPCStatus) -> LedgerOperation {
    .query(try GetWithdrawalMessage.decode(message).query(of: principal))
  }
}

enum CancelWithdrawalRequest: WithdrawalRequest {
  static var method: Method { .cancelWithdrawal }

  static func operation(
    _ message: WireReader, of principal: Principal, _ quotes: QuoteTokens
  ) throws(RPCStatus) -> LedgerOperation {
    .command(.cancelWithdrawal(try CancelWithdrawalMessage.decode(message).command(of: principal)))
  }
}

/// Who is it, may they, is it well-formed, ask: the order of duties of every such method. The gateway answers.
final class WithdrawalHandler<Request: WithdrawalRequest>: UnaryHandler {
  private let access: Access
  private let gateway: LedgerGateway
  private let quotes: QuoteTokens

  init(_: Request.Type, access: Access, gateway: LedgerGateway, quotes: QuoteTokens) {
    self.access = access
    self.gateway = gateway
    self.quotes = quotes
  }

  func handle(_ message: RawSpan, _ call: ServerCall) -> UInt64 {
    do throws(RPCStatus) {
      let principal = try access.principal(of: call.peer, calling: Request.method)
      let operation = try message.withUnsafeBytes { bytes throws(RPCStatus) in
        try Request.operation(WireReader(bytes), of: principal, quotes)
      }
      return gateway.ask(operation, for: call, as: .withdrawal(principal.audience))
    } catch {
      call.fail(error)
      return 0
    }
  }

  func cancelled(_ call: ServerCall, token: UInt64) { gateway.cancelled(token) }
}

/// Many submits in one message and one frame. An item that is wrong in form is refused as it would be alone; the others
/// go on.
final class BatchSubmitWithdrawalsHandler: UnaryHandler {
  /// The contract's bound. With the longest names it is 2 MiB of request and about 4 MiB of reply.
  static let maximumItems = 8_192

  private let access: Access
  private let gateway: LedgerGateway
  private let quotes: QuoteTokens

  init(access: Access, gateway: LedgerGateway, quotes: QuoteTokens) {
    self.access = access
    self.gateway = gateway
    self.quotes = quotes
  }

  func handle(_ message: RawSpan, _ call: ServerCall) -> UInt64 {
    do throws(RPCStatus) {
      let principal = try access.principal(of: call.peer, calling: .batchSubmitWithdrawals)
      let (commands, refusals) = try message.withUnsafeBytes { bytes throws(RPCStatus) in
        try Self.decode(bytes, principal, quotes)
      }
      guard !commands.isEmpty else {
        gateway.answer(call, allRefused: refusals)
        return 0
      }
      let items = commands.count
      return gateway.ask(.batch(commands), for: call, as: .batch(refusals), items: items)
    } catch {
      call.fail(error)
      return 0
    }
  }

  func cancelled(_ call: ServerCall, token: UInt64) { gateway.cancelled(token) }

  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ principal: Principal, _ quotes: QuoteTokens
  ) throws(RPCStatus) -> ([SubmitWithdrawal], [LedgerGateway.ItemRefusal]) {
    var batch = BatchSubmitWithdrawalsMessage(WireReader(bytes))
    var commands: [SubmitWithdrawal] = []
    // An item has at least 40 bytes in practice; an empty one has two, so memory follows what was really sent.
    commands.reserveCapacity(min(maximumItems, bytes.count / 40))
    var refusals: [LedgerGateway.ItemRefusal] = []
    var count = 0
    do throws(MalformedMessage) {
      while let item = try batch.nextItem() {
        count += 1
        // The rest is still read, to tell a malformed message from a long one, but nothing more is kept.
        guard count <= maximumItems else { continue }
        do throws(RPCStatus) {
          commands.append(try item.command(of: principal, quotes))
        } catch {
          refusals.append(LedgerGateway.ItemRefusal(index: count - 1, status: error))
        }
      }
    } catch {
      throw RPCStatus(error)
    }
    guard (1...maximumItems).contains(count) else {
      var violations = FieldViolations()
      violations.add("items", "ITEM_COUNT", "has \(count) items; must have 1 to \(maximumItems)")
      throw RPCStatus(violations)
    }
    return (commands, refusals)
  }
}
