internal import HTTPStreams

/// The deadlines of all calls of a loop: one binary heap and one scheduled wake-up, no timer object per call.
///
/// A call that ends leaves its entry behind; when more entries are dead than alive the heap is rebuilt, so that its
/// size stays within twice the number of open calls.
struct DeadlineQueue {
  struct Entry {
    let deadline: Int64
    let connection: Int
    let slot: Int
  }

  /// Below this a rebuild is not worth it.
  private static let smallestRebuild = 64

  private var heap: [Entry] = []
  /// Open calls that have a deadline.
  private(set) var live = 0

  var next: Int64? { heap.first?.deadline }
  var count: Int { heap.count }

  mutating func insert(_ entry: Entry, isAlive: (Entry) -> Bool) {
    if heap.count >= 2 * live + Self.smallestRebuild {
      heap.removeAll { !isAlive($0) }
      heap.sort { $0.deadline < $1.deadline }  // a sorted array is a heap
    }
    live += 1
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].deadline < heap[parent].deadline else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// A call with a deadline ended.
  mutating func callEnded() { live -= 1 }

  /// The earliest entry, if it is due.
  mutating func popDue(_ now: Int64) -> Entry? {
    guard let first = heap.first, first.deadline <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown()
    }
    return first
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].deadline < heap[smallest].deadline { smallest = child }
      }
      guard smallest != parent else { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
