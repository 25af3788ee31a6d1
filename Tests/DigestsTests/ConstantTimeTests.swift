import Digests
import Testing

@Suite struct ConstantTimeTests {
  @Test(arguments: [
    ([1, 2, 3] as [UInt8], [1, 2, 3] as [UInt8], true),
    ([1, 2, 3], [1, 2, 4], false),
    ([1, 2, 3], [0, 2, 3], false),
    ([1, 2, 3], [1, 2], false),
    ([], [], true),
  ])
  func comparison(left: [UInt8], right: [UInt8], equal: Bool) {
    let answer = left.withUnsafeBytes { left in right.withUnsafeBytes { equalInConstantTime(left, $0) } }
    #expect(answer == equal)
  }
}
