internal import LedgerCore

/// Speed and what buys it, as requests write them.
extension FieldViolations {
  /// nil: the rules choose, or what is wrong was noted.
  mutating func speed(_ field: String, _ number: Int) -> Speed? {
    guard number != 0 else { return nil }
    if let speed = UInt8(exactly: number).flatMap(Speed.init(rawValue:)) { return speed }
    add(field, "SPEED_UNKNOWN", "is \(number); must be 1 (express), 2 (same day), 3 (next day) or 0 (the rules choose)")
    return nil
  }

  mutating func acceleration(_ field: String, _ number: Int) -> Acceleration {
    if let acceleration = UInt8(exactly: number).flatMap(Acceleration.init(rawValue:)) { return acceleration }
    add(field, "ACCELERATION_UNKNOWN", "is \(number); must be 0 (by a fee) or 1 (by points)")
    return .fee
  }

  /// nil where nothing is told.
  mutating func origin(device: WireText, address: WireText) -> Origin? {
    let device = device.isEmpty ? .none : label("device", device)
    let address = address.isEmpty ? .none : label("address", address)
    return device.isNone && address.isNone ? nil : Origin(device: device, address: address)
  }
}
