/// Why a channel cannot be set up: what was wrong, where, and what to do.
package struct ChannelDefect: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}
