import HTTPStreams
import Testing

@testable import Transport

@Suite struct StreamTableTests {
  @Test func anIdThatOutlivedItsStreamFindsNothing() {
    var table = HTTP2StreamTable()
    let first = table.open(1)
    let id = first.pointee.streamID
    #expect(table.find(id) == first)
    table.close(first)
    #expect(table.find(id) == nil)
    let second = table.open(3)
    #expect(second == first)
    #expect(table.find(id) == nil)
    #expect(table.find(StreamID(slot: 9_999_999, generation: 1)) == nil)
    #expect(table.find(StreamID(slot: .max, generation: .max)) == nil)
  }

  @Test func slotsStayWhereTheyAreWhileTheTableGrows() {
    var table = HTTP2StreamTable()
    let streams = (0..<1000).map { table.open(Int32($0 * 2 + 1)) }
    #expect(table.openCount == 1000 && Set(streams).count == 1000)
    for (index, stream) in streams.enumerated() {
      #expect(stream.pointee.id == Int32(index * 2 + 1))
      #expect(table.find(stream.pointee.streamID) == stream)
    }
    for stream in table.open { table.close(stream) }
    #expect(table.openCount == 0)
  }
}
