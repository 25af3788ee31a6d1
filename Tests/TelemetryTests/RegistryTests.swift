import Telemetry
import Testing

@Suite struct RegistryTests {
  @Test func textIsWhatPrometheusReads() async {
    let registry = Registry()
    let calls = registry.counter("calls_total", "Calls.", ["method": "Submit\"it\"", "code": "OK"])
    calls.add()
    calls.add(41)
    let time = registry.histogram("call_seconds", "Time.") { Histogram(bounds: [10, 20], scale: 10) }
    for measured: Int64 in [5, 10, 11, 1_000] { time.record(measured) }
    registry.reading("depth", "Depth.") { [Registry.Sample(7), Registry.Sample(0.5, ["part": "a\\b"])] }

    #expect(
      await registry.text() == #"""
        # HELP calls_total Calls.
        # TYPE calls_total counter
        calls_total{method="Submit\"it\"",code="OK"} 42
        # HELP call_seconds Time.
        # TYPE call_seconds histogram
        call_seconds_bucket{le="1"} 2
        call_seconds_bucket{le="2"} 3
        call_seconds_bucket{le="+Inf"} 4
        call_seconds_sum 102.6
        call_seconds_count 4
        # HELP depth Depth.
        # TYPE depth gauge
        depth 7
        depth{part="a\\b"} 0.5

        """#)
  }

  @Test func oneInstrumentForTheSameLabels() {
    let registry = Registry()
    registry.counter("a_total", "A.", ["x": "1"]).add(2)
    registry.counter("a_total", "A.", ["x": "1"]).add(3)
    #expect(registry.counter("a_total", "A.", ["x": "1"]).value == 5)
    #expect(registry.counter("a_total", "A.", ["x": "2"]).value == 0)
  }

  @Test func manyThreadsLoseNothing() async {
    let registry = Registry()
    let counter = registry.counter("n_total", "N.")
    let histogram = registry.histogram("h", "H.") { Histogram(bounds: [1], scale: 1) }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for number in 0..<10_000 {
            counter.add()
            histogram.record(Int64(number % 3))
          }
        }
      }
    }
    #expect(counter.value == 80_000)
    #expect(histogram.snapshot.counts.reduce(0, +) == 80_000)
  }
}

@Suite struct AlarmBoardTests {
  @Test func raisedOnceAndClearedOnce() {
    let told = Told()
    let board = AlarmBoard { alarm, isRaised in told.note("\(alarm.code.rawValue) \(alarm.subject) \(isRaised)") }
    board.raise(.breakerOpen, "bank", "first", nowMicroseconds: 1)
    board.raise(.breakerOpen, "bank", "again", nowMicroseconds: 2)
    board.raise(.floatLow, "wallet", "low", nowMicroseconds: 3)
    #expect(board.all.map(\.message) == ["first", "low"])
    board.clear(.breakerOpen, "bank")
    board.clear(.breakerOpen, "bank")
    #expect(board.all.map(\.subject) == ["wallet"])
    #expect(told.lines == ["BREAKER_OPEN bank true", "FLOAT_LOW wallet true", "BREAKER_OPEN bank false"])
  }

  @Test func isBounded() {
    let board = AlarmBoard()
    for number in 0...AlarmBoard.perCodeMaximum {
      board.raise(.mismatch, "\(number)", "", nowMicroseconds: Int64(number))
    }
    #expect(board.count(.mismatch) == AlarmBoard.perCodeMaximum)
    #expect(board.all.first?.subject == "0")
  }
}
