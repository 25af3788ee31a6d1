import Glibc

enum Environment {
  /// A variable of this process. What is not UTF-8 is repaired: none that we read needs other bytes.
  static func value(_ name: String) -> String? {
    // No thread of this program changes the environment.
    getenv(name).map { String(cString: $0) }
  }
}
