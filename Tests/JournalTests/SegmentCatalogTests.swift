import JournalTesting
import Testing

@testable import Journal

@Suite struct SegmentCatalogTests {
  static let distance = SegmentCatalog.landmarkDistance

  @Test func theSegmentThatHoldsARecordIsFound() {
    let catalog = SegmentCatalog([
      .init(ordinal: 3, firstSequence: 10, place: .archive), .init(ordinal: 4, firstSequence: 20, place: .live),
    ])
    catalog.add(.init(ordinal: 5, firstSequence: 30, place: .live))
    for (sequence, ordinal) in [(9, nil), (10, 3), (19, 3), (20, 4), (29, 4), (30, 5), (1000, 5)] as [(UInt64, UInt64?)]
    {
      #expect(catalog.entry(holding: sequence)?.ordinal == ordinal)
    }
    #expect([2, 3, 5, 6].map { catalog.entry(ordinal: $0)?.firstSequence } == [nil, 10, 30, nil])
  }

  @Test func landmarksKeepTheirDistanceInWhateverOrderTheyCome() {
    let catalog = SegmentCatalog([.init(ordinal: 1, firstSequence: 1, place: .live)])
    for place in [8, 2, 5, 9, 1, 4, 3, 7, 6] {
      catalog.note(.init(sequence: UInt64(place), offset: place * Self.distance / 2), in: 1)
    }
    catalog.note(.init(sequence: 1, offset: 0), in: 7)
    let offsets = catalog.all[0].landmarks.map(\.offset)
    #expect(offsets == offsets.sorted())
    #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $1 - $0 >= Self.distance })
    #expect(catalog.all[0].landmark(before: 1) == nil)
    #expect(catalog.all[0].landmark(before: 5)?.sequence == 5 || catalog.all[0].landmark(before: 5)?.sequence == 4)
  }

  /// A second reader begins near its record and delivers the same.
  @Test func aReaderFromALandmarkSeesTheSame() throws {
    var options = TestJournal.options
    options.segmentBytes = 2 << 20
    let test = try TestJournal(SimulatedDisk(), options: options)
    for sequence: UInt64 in 1...200 { try test.write([Workload.record(sequence)]) }
    let noted = test.journal.catalog.all[0].landmarks.count
    #expect(noted > 1)
    let next = try TestJournal(test.kill(), options: options)
    #expect(next.journal.catalog.all[0].landmarks.isEmpty)
    for first: UInt64 in [200, 1, 150, 199, 77] {
      #expect(try ReaderTests.read(next.journal.reader(from: first)) == Array(first...200))
    }
    #expect(next.journal.catalog.all[0].landmarks.count == noted)
  }
}
