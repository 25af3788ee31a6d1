import ArgumentParser
import SettlementClient

/// The name of a mutation, under which it may be repeated without happening twice.
struct RequestOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Name of this request, 1 to 64 bytes: repeating it with the same id never does it twice. Generated if missing.",
      valueName: "id"))
  var requestID: String?

  /// The given id, or a fresh one. That one is printed before the call: whoever loses the answer needs it.
  func id(_ output: Output) -> String {
    if let requestID { return requestID }
    let fresh = RequestID.fresh { .random(in: .min ... .max) }
    output.note("request id \(fresh) (repeat with --request-id \(fresh))")
    return fresh
  }
}
