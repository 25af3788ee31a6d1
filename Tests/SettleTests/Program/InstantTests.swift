import Testing

@testable import settle

@Suite("Instants")
struct InstantTests {
  @Test(
    "are read from RFC 3339 in UTC, or refused",
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("2026-07-01T00:00:00Z", 1_782_864_000),
      ("2026-07-01", 1_782_864_000),
      ("2024-02-29T23:59:59Z", 1_709_251_199),
      ("2023-02-29T00:00:00Z", nil),
      ("2026-04-31", nil),
      ("2026-13-01", nil),
      ("2026-00-10", nil),
      ("2026-07-01T24:00:00Z", nil),
      ("2026-07-01T00:00:60Z", nil),
      ("2026-07-01 00:00:00Z", nil),
      ("2026-07-01T00:00:00", nil),
      ("2026-07-01T00:00:00+08:00", nil),
      ("", nil),
      ("２０２６-07-01", nil),
    ] as [(String, Int?)])
  func read(text: String, seconds: Int?) {
    #expect(Instant(argument: text)?.seconds == seconds)
  }

  @Test(
    "are printed with the decimals they need",
    arguments: [
      (0, 0, "1970-01-01T00:00:00Z"), (1_782_864_000, 500_000_000, "2026-07-01T00:00:00.500Z"),
      (1_782_864_000, 123_456_000, "2026-07-01T00:00:00.123456Z"), (-1, 1, "1969-12-31T23:59:59.000000001Z"),
    ] as [(Int, Int32, String)])
  func printed(seconds: Int, nanoseconds: Int32, text: String) {
    #expect(Instant.text(seconds: seconds, nanoseconds: nanoseconds) == text)
  }

  @Test("stand in columns in a log")
  func logText() {
    #expect(Instant.logText(seconds: 0, nanoseconds: 0) == "1970-01-01T00:00:00.000Z")
    #expect(Instant.logText(seconds: 1_782_864_000, nanoseconds: 7_999_999) == "2026-07-01T00:00:00.007Z")
  }
}
