internal import GRPCProto
package import SwiftProtobuf

/// One rich error detail: a google.protobuf.Any as type URL and bytes.
package struct StatusDetail: Hashable, Sendable {
  package let typeURL: String
  package let value: [UInt8]

  package init(typeURL: String, value: [UInt8]) {
    self.typeURL = typeURL
    self.value = value
  }

  /// Packs a message. Messages that do not serialize (a required field is missing) cannot be made from proto3 types;
  /// such a one is packed empty.
  package init<M: Message>(_ message: M) {
    self.typeURL = "type.googleapis.com/\(M.protoMessageName)"
    self.value = (try? message.serializedBytes()) ?? []
  }

  /// The message, if the detail is of that type and well-formed.
  package func unpacked<M: Message>(as type: M.Type = M.self) -> M? {
    guard typeURL.hasSuffix("/\(M.protoMessageName)") else { return nil }
    return try? M(serializedBytes: value)
  }
}

/// Builders for the details that AIP-193 names.
extension StatusDetail {
  /// Why, for programs: `reason` in UPPER_SNAKE_CASE, unique within `domain`.
  package static func errorInfo(reason: String, domain: String, metadata: [String: String] = [:]) -> StatusDetail {
    var info = Google_Rpc_ErrorInfo()
    info.reason = reason
    info.domain = domain
    info.metadata = metadata
    return StatusDetail(info)
  }

  /// Which fields of the request are wrong; `field` is a path such as "amount.minor_units".
  package static func badRequest(_ violations: [(field: String, description: String)]) -> StatusDetail {
    var bad = Google_Rpc_BadRequest()
    bad.fieldViolations = violations.map { violation in
      var field = Google_Rpc_BadRequest.FieldViolation()
      field.field = violation.field
      field.description_p = violation.description
      return field
    }
    return StatusDetail(bad)
  }

  /// How long to wait before the same request may be sent again.
  package static func retryInfo(afterNanoseconds delay: Int64) -> StatusDetail {
    var info = Google_Rpc_RetryInfo()
    info.retryDelay = Google_Protobuf_Duration(
      seconds: delay / 1_000_000_000, nanos: Int32(truncatingIfNeeded: delay % 1_000_000_000))
    return StatusDetail(info)
  }

  /// What has to be changed first; `type` in UPPER_SNAKE_CASE.
  package static func preconditionFailure(
    _ violations: [(type: String, subject: String, description: String)]
  ) -> StatusDetail {
    var failure = Google_Rpc_PreconditionFailure()
    failure.violations = violations.map { violation in
      var item = Google_Rpc_PreconditionFailure.Violation()
      item.type = violation.type
      item.subject = violation.subject
      item.description_p = violation.description
      return item
    }
    return StatusDetail(failure)
  }

  /// What a person will read; `locale` is a BCP 47 tag such as "zh-CN".
  package static func localizedMessage(locale: String, _ message: String) -> StatusDetail {
    var localized = Google_Rpc_LocalizedMessage()
    localized.locale = locale
    localized.message = message
    return StatusDetail(localized)
  }
}

extension RPCStatus {
  /// The first detail of that type.
  package func detail<M: Message>(_ type: M.Type = M.self) -> M? {
    for detail in details {
      if let message = detail.unpacked(as: M.self) { return message }
    }
    return nil
  }

  /// The reason of the ErrorInfo detail: what programs decide on.
  package var reason: String? { detail(Google_Rpc_ErrorInfo.self)?.reason }
}
