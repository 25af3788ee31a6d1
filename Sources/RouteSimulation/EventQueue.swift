/// What happens next, by time; what happens at the same time in the order in which it was put in.
struct EventQueue<Event: Sendable>: Sendable {
  private struct Entry: Sendable {
    let time: Int64
    let number: Int
    let event: Event

    func comes(before other: Entry) -> Bool { (time, number) < (other.time, other.number) }
  }

  /// A binary heap: each entry comes before its two children.
  private var heap: [Entry] = []
  private var count = 0

  mutating func put(_ event: Event, at time: Int64) {
    heap.append(Entry(time: time, number: count, event: event))
    count += 1
    var place = heap.count - 1
    while place > 0, heap[place].comes(before: heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func takeNext() -> (time: Int64, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return (first.time, first.event) }
    heap[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[child].comes(before: heap[least]) { least = child }
      guard least != place else { return (first.time, first.event) }
      heap.swapAt(place, least)
      place = least
    }
  }
}
