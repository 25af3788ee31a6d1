import Testing

@testable import RouteSimulation

@Suite("Events in order")
struct EventQueueTests {
  @Test("by time, and at one time in the order of putting", arguments: 1...5 as ClosedRange<UInt64>)
  func order(_ seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var queue = EventQueue<Int>()
    var put: [(time: Int64, number: Int)] = []
    for number in 0..<500 {
      let time = numbers.pick(0...100)
      queue.put(number, at: time)
      put.append((time, number))
    }
    var taken: [(time: Int64, number: Int)] = []
    while let (time, number) = queue.takeNext() { taken.append((time, number)) }
    let expected = put.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
    #expect(taken.map(\.number) == expected.map(\.number), "seed \(seed)")
  }
}
