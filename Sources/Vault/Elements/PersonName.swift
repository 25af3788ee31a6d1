/// Names as people and banks write them. 买买提·吐尔逊 and 买买提 • 吐尔逊 are one person; so are ZHANG SAN and Zhang San. There
/// is no Unicode normalisation beyond that (it takes tables that change with each version): Chinese names do not need it.
package enum PersonName {
  /// The longest name that the ID card of a Chinese citizen can show is far shorter.
  static let charactersMaximum = 64

  /// Spaces and the dots between the parts of a name left out, full-width letters made ASCII, ASCII letters small. What two
  /// equal names have in common, and what a fingerprint is made of.
  package static func normalized(_ name: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in name.unicodeScalars where !NumberText.isSpace(scalar) {
      let ascii = NumberText.halfWidth(scalar)
      if isMiddleDot(ascii) { continue }
      scalars.append(("A"..."Z").contains(ascii) ? Unicode.Scalar(UInt8(ascii.value) + 0x20) : ascii)
    }
    return String(scalars)
  }

  /// Compared symbol by symbol, without the equivalences of `String`.
  package static func areEqual(_ left: String, _ right: String) -> Bool {
    Array(normalized(left).utf8) == Array(normalized(right).utf8)
  }

  /// What is wrong with it as a name; nil when nothing is.
  package static func defect(_ name: String) -> ElementDefect.Reason? {
    let scalars = normalized(name).unicodeScalars
    guard !scalars.isEmpty else { return .missing }
    guard scalars.count <= charactersMaximum else {
      return .tooLong(characters: scalars.count, maximum: charactersMaximum)
    }
    return scalars.allSatisfy(isLetter) ? nil : .notAName
  }

  /// Anything but ASCII symbols and digits, and what is no visible character. Rare Chinese characters are in planes of
  /// their own, some in private use until they got a place.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .privateUse, .letterNumber:
      true
    case .enclosingMark, .decimalNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
      .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol, .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format,
      .surrogate,
      .unassigned:
      scalar == "-" || scalar == "'"
    @unknown default: false
    }
  }

  /// The dot of transcribed names in its many forms; `．` has become `.` before.
  private static func isMiddleDot(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{B7}", "\u{2022}", "\u{2027}", "\u{22C5}", "\u{30FB}", "\u{FF65}", ".": true
    default: false
    }
  }
}
