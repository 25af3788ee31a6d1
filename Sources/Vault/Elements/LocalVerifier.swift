package import LedgerCore

/// Judges what can be judged without asking anybody: check digits, dates, prefixes, equal names. It finds slips of the pen
/// and invented numbers; that the person exists and owns the card only an authority or the bank can say.
package struct LocalVerifier: ElementsVerifier {
  private let today: @Sendable () -> CivilDate

  /// - Parameter today: the date in China, for the date of birth.
  package init(today: @escaping @Sendable () -> CivilDate) { self.today = today }

  package func verify(_ elements: Elements) async -> VerificationOutcome {
    judge(elements)
  }

  package func judge(_ elements: Elements) -> VerificationOutcome {
    var defects: [ElementDefect] = []
    func note(_ element: ElementDefect.Element, _ reason: ElementDefect.Reason?) {
      if let reason { defects.append(ElementDefect(element, reason)) }
    }
    let nameDefect = PersonName.defect(elements.name)
    note(.name, nameDefect)
    note(.idNumber, ResidentIDNumber.defect(elements.idNumber, today: today()))
    if let cardNumber = elements.cardNumber { note(.cardNumber, CardNumber.defect(cardNumber)) }
    if let holderDefect = PersonName.defect(elements.holderName) {
      note(.holderName, holderDefect)
    } else if nameDefect == nil && !PersonName.areEqual(elements.name, elements.holderName) {
      note(.holderName, .namesDiffer)
    }
    return defects.isEmpty ? .verified : .refused(defects)
  }
}
