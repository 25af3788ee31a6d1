/// Numbers as people write them, made one and the same: `6222 0212-3456` and `６２２２０２１２３４５６` are one number, found
/// by one fingerprint and masked in one way.
package enum NumberText {
  /// Spaces (also the ideographic and the no-break space) and dashes left out, full-width digits and letters made ASCII,
  /// letters made upper case (the `x` of an ID number). Everything else stays, so that a check can refuse it.
  package static func normalized(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isSpace(scalar) {
      let ascii = halfWidth(scalar)
      if isDash(ascii) { continue }
      scalars.append(upperCased(ascii))
    }
    return String(scalars)
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\t", "\u{A0}", "\u{2009}", "\u{202F}", "\u{3000}": true
    default: false
    }
  }

  private static func isDash(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "-", "\u{2010}"..."\u{2015}", "\u{2212}": true
    default: false
    }
  }

  /// U+FF01 to U+FF5E are the ASCII symbols `!` to `~`, wide.
  static func halfWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
    return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
  }

  private static func upperCased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard ("a"..."z").contains(scalar) else { return scalar }
    return Unicode.Scalar(scalar.value - 0x20) ?? scalar
  }
}
