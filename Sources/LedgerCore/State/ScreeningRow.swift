/// What was decided about a withdrawal when it was submitted, or amended last: one row for each, by the same ordinal.
struct ScreeningRow: BitwiseCopyable {
  private var expectedArrival: Timestamp
  /// Held besides the money, in the agent's points account.
  let points: Int64
  private var reviewDue: Timestamp
  private var listAddressUntil: Timestamp
  let device: LabelArena.Reference
  let address: LabelArena.Reference
  /// The payee account; 0 where the payee is the platform's own reference.
  var payee: UInt64
  private var rulesVersion: UInt32
  private(set) var settlementDay: Int32
  /// The buckets that its amount is counted in. An amended withdrawal stays in those of its submission.
  let limitDay: LimitDay
  private var score: Int16
  private var reasonPoints: InlineArray<6, Int16>
  private var reasonCodes: InlineArray<6, RiskCode>
  private var reasonCount: UInt8
  private var verdict: RiskVerdict
  private(set) var speed: Speed
  private var checkers: UInt8

  init(_ screening: Screening, payee: UInt64, device: LabelArena.Reference, address: LabelArena.Reference) {
    let risk = screening.risk
    expectedArrival = screening.terms.expectedArrival
    points = screening.terms.points
    reviewDue = screening.reviewDue
    listAddressUntil = risk.listAddressUntil
    self.device = device
    self.address = address
    self.payee = payee
    rulesVersion = screening.rulesVersion
    settlementDay = screening.terms.settlementDay
    limitDay = screening.limitDay
    score = risk.score
    reasonPoints = InlineArray(repeating: 0)
    reasonCodes = InlineArray(repeating: .newAgent)
    for index in 0..<Int(risk.reasonCount) {
      reasonPoints[index] = risk.reason(index).points
      reasonCodes[index] = risk.reason(index).code
    }
    reasonCount = risk.reasonCount
    verdict = risk.verdict
    speed = screening.terms.speed
    checkers = screening.checkers
  }

  /// - Parameter fee: the withdrawal's own, minor units.
  @inline(__always)
  func screening(fee: Int64) -> Screening {
    Screening(
      rulesVersion: rulesVersion,
      terms: Terms(
        speed: speed, feeMinorUnits: fee, points: points, settlementDay: settlementDay,
        expectedArrival: expectedArrival),
      limitDay: limitDay,
      risk: RiskResult(
        verdict: verdict, score: score, listAddressUntil: listAddressUntil, reasonCount: reasonCount,
        orderedReason: { RiskReason(code: reasonCodes[$0], points: reasonPoints[$0]) }),
      checkers: checkers, reviewDue: reviewDue)
  }
}
