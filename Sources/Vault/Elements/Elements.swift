/// What is checked before money goes to somebody for the first time: that a person of this name with this ID number exists,
/// and that the account belongs to the same person.
package struct Elements: Sendable {
  /// The person's verified (or to be verified) name.
  package var name: String
  /// The Chinese resident ID number, 18 characters.
  package var idNumber: String
  /// Nil where the payee has no card: an Alipay or WeChat account, or an agent who has not bound one yet.
  package var cardNumber: String?
  /// The name that the account is held in.
  package var holderName: String

  package init(name: String, idNumber: String, cardNumber: String?, holderName: String) {
    self.name = name
    self.idNumber = idNumber
    self.cardNumber = cardNumber
    self.holderName = holderName
  }
}

/// Private data: a description would put it into logs.
extension Elements: CustomStringConvertible, CustomReflectable {
  package var description: String { "<elements>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who says whether the elements are true. Locally only their form can be judged; an authority or the bank answers for the
/// rest behind the same seam.
package protocol ElementsVerifier: Sendable {
  func verify(_ elements: Elements) async -> VerificationOutcome
}

package enum VerificationOutcome: Hashable, Sendable {
  case verified
  /// All that is wrong, in the order of the elements, so that the caller can say everything at once. Not empty.
  case refused([ElementDefect])
  /// Nothing is known: the verifier could not be asked. The same elements may be tried again.
  case unavailable(reason: String)
}

/// One element and why it fails. It tells nothing of the element's content.
package struct ElementDefect: Hashable, Sendable {
  package enum Element: String, Sendable, CaseIterable {
    case name, idNumber, cardNumber, holderName
  }

  package enum Reason: Hashable, Sendable {
    case missing
    case tooLong(characters: Int, maximum: Int)
    /// Control characters, digits or symbols where a name has letters.
    case notAName
    case wrongLength(characters: Int, allowed: ClosedRange<Int>)
    case notDigits
    case unknownProvince
    case noSuchDateOfBirth
    case bornInTheFuture
    case wrongCheckDigit
    case unknownBankPrefix
    /// The account's holder is not the verified person.
    case namesDiffer
    /// An authority says that these do not belong together.
    case notConfirmed
  }

  package var element: Element
  package var reason: Reason

  package init(_ element: Element, _ reason: Reason) {
    self.element = element
    self.reason = reason
  }
}
