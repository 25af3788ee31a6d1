internal import LedgerCore
import Testing

@testable internal import Rules

@Suite("Terms: fee, speed, settlement day and arrival")
struct TermsTests {
  static func application(
    amount: Int64 = 100_000, _ speed: Speed?, tier: String = "silver", grade: CreditGrade = .normal,
    _ acceleration: Acceleration = .fee, at time: String = "2026-03-04 10:00"
  ) throws -> Application {
    Application(
      amount: Money(minorUnits: amount, currency: .cny), speed: speed, acceleration: acceleration,
      tier: try Label(tier), creditGrade: grade, time: TestDocument.time(time))
  }

  /// Amount in fen, fee at 0.3 % between 1.00 and 50.00, worked out by hand. Half a fen goes up.
  @Test(
    arguments: [
      (1, 100), (33_333, 100), (33_499, 100), (33_500, 101), (50_000, 150), (50_166, 150), (50_167, 151),
      (100_000, 300), (1_666_500, 5_000), (1_700_000, 5_000), (5_000_000, 5_000),
    ] as [(Int64, Int64)])
  func feesAreRoundedHalfUpAndBounded(_ row: (amount: Int64, fee: Int64)) throws {
    let rule = FeeRule(perMillion: 3_000, minimum: 100, maximum: 5_000, freeFrom: nil)
    #expect(rule.fee(of: row.amount, grade: .excellent) == row.fee)
  }

  @Test func feesOfAnyAmountStayWithinTheirBounds() {
    let rule = FeeRule(perMillion: FeeRule.perMillionMaximum, minimum: 0, maximum: .max, freeFrom: nil)
    #expect(rule.fee(of: .max, grade: .normal) == 922_337_203_685_477_581)
    #expect(rule.fee(of: .min, grade: .normal) == 0)
    #expect(rule.fee(of: 5, grade: .normal) == 1)
    #expect(rule.fee(of: 4, grade: .normal) == 0)
  }

  @Test func goodCreditPaysNothing() throws {
    let document = try TestDocument.document()
    for grade in CreditGrade.allCases {
      let byFee = try document.terms(of: Self.application(.express, grade: grade)).get()
      let byPoints = try document.terms(of: Self.application(.express, grade: grade, .points)).get()
      let isFree = grade >= .good
      #expect(byFee.feeMinorUnits == (isFree ? 0 : 300))
      #expect(byFee.points == 0)
      #expect(byPoints.feeMinorUnits == 0)
      #expect(byPoints.points == (isFree ? 0 : 200))
    }
  }

  @Test func refusals() throws {
    let document = try TestDocument.document()
    let table: [(Application, TermsRefusal)] = try [
      (Self.application(.express, tier: "platinum"), .unknownTier),
      (Self.application(.express, tier: "bronze"), .speedUnavailable(.express)),
      (Self.application(amount: 5_000_001, .express), .speedUnavailable(.express)),
      (Self.application(.sameDay, .points), .pointsNotTaken(.sameDay)),
      (Self.application(nil, .points), .pointsNotTaken(.nextDay)),
      (Self.application(amount: 99, .express), .amountBelowFee(fee: 100)),
      // Nothing would be left to pay out.
      (Self.application(amount: 100, .express), .amountBelowFee(fee: 100)),
    ]
    for (application, refusal) in table { #expect(document.terms(of: application) == .failure(refusal)) }
    #expect(try document.terms(of: Self.application(amount: 101, .express)).get().feeMinorUnits == 100)
    #expect(try document.terms(of: Self.application(amount: 99, .express, .points)).get().points == 200)
    #expect(try document.terms(of: Self.application(amount: 5_000_000, .express)).get().speed == .express)
    #expect(try document.terms(of: Self.application(nil)).get().speed == .nextDay)
  }

  @Test func aSpeedThatIsLeftOutIsNotOffered() throws {
    let document = try RulesDocument(validating: TestDocument.changed("speeds.EXPRESS", to: nil))
    #expect(try document.terms(of: Self.application(.express)) == .failure(.speedUnavailable(.express)))
  }

  /// Request, settlement day, arrival; 2026-03-04 is a Wednesday.
  @Test(
    arguments: [
      // Express goes out at once, but for the window from 00:00 to 03:00.
      (.express, "2026-03-04 10:00", "2026-03-04", "2026-03-04 10:01"),
      (.express, "2026-03-07 10:00", "2026-03-07", "2026-03-07 10:01"),
      (.express, "2026-03-04 23:59:59", "2026-03-04", "2026-03-05 00:00"),
      (.express, "2026-03-05 00:00", "2026-03-05", "2026-03-05 03:01"),
      (.express, "2026-03-05 02:59:59", "2026-03-05", "2026-03-05 03:01"),
      (.express, "2026-03-05 03:00", "2026-03-05", "2026-03-05 03:01"),
      // D+0 until 20:00, then the next day behind the window.
      (.sameDay, "2026-03-04 19:59:59", "2026-03-04", "2026-03-04 20:09"),
      (.sameDay, "2026-03-04 20:00", "2026-03-05", "2026-03-05 03:10"),
      (.sameDay, "2026-12-31 23:59", "2027-01-01", "2027-01-01 03:10"),
      // T+1 until 18:00: Wednesday, Friday, Friday late, Saturday, Sunday late.
      (.nextDay, "2026-03-04 17:59:59", "2026-03-05", "2026-03-05 12:00"),
      (.nextDay, "2026-03-04 18:00", "2026-03-06", "2026-03-06 12:00"),
      (.nextDay, "2026-03-06 10:00", "2026-03-09", "2026-03-09 12:00"),
      (.nextDay, "2026-03-06 18:00", "2026-03-09", "2026-03-09 12:00"),
      (.nextDay, "2026-03-07 10:00", "2026-03-09", "2026-03-09 12:00"),
      (.nextDay, "2026-03-08 18:00", "2026-03-10", "2026-03-10 12:00"),
      // Spring Festival 2026: 14 February is a Saturday that is worked, 24 February the first day after nine days off.
      (.nextDay, "2026-02-13 10:00", "2026-02-14", "2026-02-14 12:00"),
      (.nextDay, "2026-02-13 18:00", "2026-02-24", "2026-02-24 12:00"),
      (.nextDay, "2026-02-14 10:00", "2026-02-24", "2026-02-24 12:00"),
      (.nextDay, "2026-02-20 10:00", "2026-02-24", "2026-02-24 12:00"),
      // National Day: 20 September (Sunday) and 10 October (Saturday) are worked.
      (.nextDay, "2026-09-19 10:00", "2026-09-20", "2026-09-20 12:00"),
      (.nextDay, "2026-09-30 10:00", "2026-10-08", "2026-10-08 12:00"),
      (.nextDay, "2026-10-09 10:00", "2026-10-10", "2026-10-10 12:00"),
      // 2027 is not in the calendar: New Year's Day, a Friday, counts as a working day.
      (.nextDay, "2026-12-31 10:00", "2027-01-01", "2027-01-01 12:00"),
    ] as [(Speed, String, String, String)])
  func schedule(_ row: (speed: Speed, asked: String, day: String, arrival: String)) throws {
    let document = try TestDocument.document()
    let terms = try document.terms(of: Self.application(row.speed, at: row.asked)).get()
    #expect(CivilDate(daysSince1970: terms.settlementDay).description == row.day)
    #expect(document.clock.text(terms.expectedArrival) == row.arrival)
  }

  @Test func workingDaysOnlyHoldsForFastSpeedsToo() throws {
    let raw = TestDocument.changed("speeds.SAME_DAY.days", to: TestDocument.plain("working"))
    let document = try RulesDocument(validating: raw)
    let terms = try document.terms(of: Self.application(.sameDay, at: "2026-02-15 10:00")).get()
    #expect(document.clock.text(terms.expectedArrival) == "2026-02-24 03:10")
    let late = try document.terms(of: Self.application(.sameDay, at: "2026-02-14 20:00")).get()
    #expect(document.clock.text(late.expectedArrival) == "2026-02-24 03:10")
  }

  /// The window from 23:00 to 02:00: (request, arrival of an express payout).
  @Test(arguments: [
    ("2026-03-04 22:59", "2026-03-04 23:00"), ("2026-03-04 23:00", "2026-03-05 02:01"),
    ("2026-03-05 01:59", "2026-03-05 02:01"), ("2026-03-05 02:00", "2026-03-05 02:01"),
  ])
  func aWindowMayCrossMidnight(_ row: (asked: String, arrival: String)) throws {
    let window = TestDocument.map(["begin": TestDocument.quoted("23:00"), "end": TestDocument.quoted("02:00")])
    let document = try RulesDocument(validating: TestDocument.changed("maintenance_window", to: window))
    let terms = try document.terms(of: Self.application(.express, at: row.asked)).get()
    #expect(document.clock.text(terms.expectedArrival) == row.arrival)
  }

  @Test func offersNameEverySpeedAndWhyNot() throws {
    let document = try TestDocument.document()
    let offers = try document.explainSpeeds(Self.application(nil, tier: "bronze"))
    #expect(offers.map(\.speed) == [.express, .sameDay, .nextDay])
    #expect(offers[0].terms == .failure(.speedUnavailable(.express)))
    #expect(offers[0].points == 0)
    #expect(try offers[1].terms.get().feeMinorUnits == 200)
    #expect(try offers[2].terms.get().feeMinorUnits == 0)
    #expect(try document.explainSpeeds(Self.application(nil))[0].points == 200)
  }

  @Test func anyTimeAndAmountGetsAnAnswer() throws {
    let document = try TestDocument.document()
    for microseconds in [Int64.min, -1, 0, 1, .max] {
      for amount in [Int64.min, -1, 0, 1, .max] {
        for speed in Speed.allCases {
          var application = try Self.application(amount: amount, speed)
          application.time = Timestamp(microseconds: microseconds)
          _ = document.terms(of: application)
          _ = document.review(of: application.amount, at: application.time)
          _ = document.day(at: application.time)
          _ = document.maintenance(at: application.time)
          _ = document.warnings(at: application.time)
        }
      }
    }
  }
}
