package import Ledger
package import LedgerCore
package import Rules

/// The rules in force, and the way to read them again. The program gives one: where rules come from is its matter.
package protocol RulesSource: Sendable {
  /// What decisions go by now.
  var current: ActiveRules { get }

  /// Reads the document again and puts it in force. A bad one changes nothing.
  /// - Parameter key: of the person's request; nil where a signal asked.
  func reload(_ key: RequestKey?) async -> Result<ActiveRules, RulesReloadFailure>
}

package struct ActiveRules: Sendable {
  package var document: RulesDocument
  /// As it was read, comments included.
  package var text: String

  package init(document: RulesDocument, text: String) {
    self.document = document
    self.text = text
  }
}

package enum RulesReloadFailure: Error, Sendable {
  /// The document cannot be read at all.
  case unreadable(String)
  /// - Parameter file: what the lines are of.
  case defects(RulesDefects, file: String)
  /// The content changed and its version did not rise above the active one.
  case versionTaken(version: UInt32, active: UInt32)
  /// The ledger did not take it: overload, stop, a reused request_id.
  case ledger(LedgerOutcome)
}
