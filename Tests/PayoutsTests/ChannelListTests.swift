import Foundation
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// The list of channels as an operator writes it: every field, and every way to get it wrong, each named with its line.
struct ChannelListTests {
  /// Keys that openssl made, once for all tests here.
  private static let keys = Task { () async throws -> Keys in try await Keys() }

  /// `app.pem` and `app.pub`, and a key of 32 bytes; read by their owner alone.
  private final class Keys: Sendable {
    let folder: String
    let privateKey: Data
    let publicKey: Data

    init() async throws {
      folder = NSTemporaryDirectory() + "settle-channel-keys-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try await Self.openssl([
        "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "\(folder)/k",
      ])
      try await Self.openssl(["pkey", "-in", "\(folder)/k", "-pubout", "-out", "\(folder)/p"])
      privateKey = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/k"))
      publicKey = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/p"))
      try FileManager.default.removeItem(atPath: folder)
    }

    /// Without holding a thread of the tests.
    private static func openssl(_ arguments: [String]) async throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["openssl"] + arguments
      process.standardError = FileHandle.nullDevice
      let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch {
          process.terminationHandler = nil
          continuation.resume(throwing: error)
        }
      }
      guard status == 0 else { throw Surprise("openssl \(arguments[0]) ended with \(status)") }
    }
  }

  /// A directory with keys and the list in it.
  private final class Place {
    private let folder: Folder
    init() async throws {
      folder = try Folder()
      let keys = try await ChannelListTests.keys.value
      try put("app.pem", keys.privateKey)
      try put("app.pub", keys.publicKey, mode: 0o644)
      try put("v3.key", Data(String(repeating: "k", count: 32).utf8))
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func put(_ name: String, _ data: Data, mode: Int = 0o600) throws {
      try data.write(to: URL(fileURLWithPath: path(name)))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    func read(_ text: String, allowsSimulated: Bool = true) throws(ChannelListDefect) -> [any PayoutChannel] {
      try ChannelList.read(
        text,
        ChannelPlace(
          dataDirectory: folder.path, baseDirectory: folder.path, ledgerName: "0123456789abcdef",
          allowsSimulated: allowsSimulated, clock: HandClock()))
    }

    func defect(_ text: String, allowsSimulated: Bool = true) -> ChannelListDefect? {
      do throws(ChannelListDefect) {
        _ = try read(text, allowsSimulated: allowsSimulated)
        return nil
      } catch { return error }
    }
  }

  // MARK: - What is right

  private static let alipay = """
    channels:
      - id: alipay-1
        kind: alipay
        minimum_minor_units: 10
        maximum_minor_units: 5000000
        daily_maximum_minor_units: 100000000
        fee: {per_million: 1000, fixed_minor_units: 3, minimum_minor_units: 10, maximum_minor_units: 2500}
        speeds: [express, same_day]
        opens: "06:30"
        closes: "24:00"
        expected_arrival_ms: 3000
        calls_at_once: 32
        breaker: {technical_permille: 70, sample: 50, failures_in_a_row: 5, failures_of_64: 20, back_off_ms: 5000, back_off_maximum_ms: 60000}
        app_id: "2021000000000000"
        private_key_file: app.pem
        alipay_public_key_file: app.pub
        origin: https://localhost:8443
        gateway_path: /gateway.do
        title: 提现
        timeout_ms: 5000

    """

  @Test func everyFieldThatAllKindsShare() async throws {
    let manifest = try #require(try await Place().read(Self.alipay).first?.manifest)
    #expect("\(manifest.id)" == "alipay-1")
    #expect(manifest.minimum == 10 && manifest.maximum == 5_000_000 && manifest.dailyMaximum == 100_000_000)
    #expect(manifest.fee == ChannelFee(perMillion: 1_000, fixed: 3, minimum: 10, maximum: 2_500))
    #expect(manifest.speeds == [.express, .sameDay])
    #expect(manifest.opensAtMinute == 390 && manifest.closesAtMinute == 1_440)
    #expect(manifest.expectedArrivalMilliseconds == 3_000 && manifest.inFlightMaximum == 32)
    var breaker = HealthLimits.standard
    (breaker.technicalPermille, breaker.sampleMinimum) = (70, 50)
    (breaker.consecutiveMaximum, breaker.recentMaximum) = (5, 20)
    (breaker.backOffMilliseconds, breaker.backOffMaximumMilliseconds) = (5_000, 60_000)
    #expect(manifest.breaker == breaker)
    // What the kind knows of itself is not configured.
    #expect(manifest.rails == [.alipay] && !manifest.paysReferences && !manifest.isSimulated)
    #expect(manifest.capabilities == [.query, .notifications])
  }

  @Test func everyFieldOfTheOtherKinds() async throws {
    let text = """
      channels:
        - id: wechat-1
          kind: wechat_pay
          app_id: wx0000000000000000
          merchant_id: "1900000000"
          merchant_serial: "00AA"
          private_key_file: app.pem
          api_v3_key_file: v3.key
          platform_keys: [{id: PUB_KEY_ID_0, file: app.pub}]
          transfer_scene_id: "1005"
          scene_reports: [{type: 岗位类型, content: 分销代理}]
          user_perception: 佣金
          remark: 提现
          notify_url: https://pay.example.com/notifications/wechat-1
          origin: https://localhost:8443
          timeout_ms: 120000
        - id: bank-1
          kind: bank_file
          rails: [bank_card]
          currencies: [CNY, HKD]
          speeds: [next_day]
          fee: {fixed_minor_units: 200}
          cut_offs: ["15:30", "10:00"]
          directory: bank-1
          debtor_name: Example Co Ltd
          debtor_account: "6222000000000000"
          debtor_bank: ICBC
          debtor_bank_number: "102100000072"
        - id: sim-1
          kind: simulated
          rails: [bank_card, alipay, wechat]
          pays_references: false
          book: books/sim
          behaviour: {seed: 7, latency_min_ms: 1, latency_max_ms: 2, technical_failure_permille: 3,
            payee_failure_permille: 4, refusal_permille: 5, lost_answer_permille: 6, lost_request_permille: 7,
            accepted_permille: 8, awaiting_payee_permille: 9, unconfirmed_permille: 10, wrong_amount_permille: 11,
            return_permille: 12, unknown_code_permille: 13, duplicate_notification_permille: 14,
            late_notification_permille: 15, outage_file: out, later_ms: 16, confirm_ms: 17}

      """
    let place = try await Place()
    try FileManager.default.createDirectory(atPath: place.path("books"), withIntermediateDirectories: true)
    let channels = try place.read(text)
    #expect(channels.map { "\($0.manifest.id)" } == ["wechat-1", "bank-1", "sim-1"], "in the order of the list")
    #expect(channels[0].manifest.capabilities == [.query, .cancel, .payeeConfirmation, .notifications])
    let bank = channels[1].manifest
    #expect(bank.batchMinutes == [600, 930] && bank.speeds == [.nextDay] && bank.rails == [.bankCard])
    #expect(bank.currencies.map { "\($0)" } == ["CNY", "HKD"])
    #expect(FileManager.default.fileExists(atPath: place.path("bank-1/outbox")), "paths count from the list")
    let simulated = channels[2].manifest
    #expect(simulated.isSimulated && !simulated.paysReferences)
    #expect(FileManager.default.fileExists(atPath: place.path("books/sim")))
  }

  @Test func theFileOfAnOutageCountsFromTheList() async throws {
    let place = try await Place()
    // Without latency: nobody moves the clock here.
    let list = "channels:\n  - {id: sim-1, kind: simulated, behaviour: {outage_file: out}}\n"
    let channel = try #require(try place.read(list).first)
    let key = PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 1), attempt: 1)
    let request = SentRequest(key: key, amount: Money(minorUnits: 1, currency: .cny), body: [])
    #expect(await channel.query(request) == .notFound)
    #expect(FileManager.default.createFile(atPath: place.path("out"), contents: nil))
    let whileOut = await channel.query(request)
    guard case .unknown = whileOut else {
      Issue.record("\(whileOut)")
      return
    }
  }

  @Test func withoutAFieldItsStandardHolds() async throws {
    let text = """
      channels:
        - {id: sim-1, kind: simulated}
        - {id: a, kind: alipay, app_id: "1", private_key_file: app.pem, alipay_public_key_file: app.pub}

      """
    let channels = try await Place().read(text)
    #expect(channels[0].manifest == SimulatedChannel.manifest(id: try Label("sim-1")))
    let alipay = channels[1].manifest
    #expect(alipay.minimum == AlipayChannel.minimumMinorUnits && alipay.maximum == .max && alipay.dailyMaximum == .max)
    #expect(alipay.fee == ChannelFee() && alipay.breaker == .standard && alipay.speeds == Set(Speed.allCases))
    #expect(alipay.opensAtMinute == 0 && alipay.closesAtMinute == 1_440)
  }

  @Test func noChannelsAtAll() async throws {
    #expect(try await Place().read("channels: []\n").isEmpty)
  }

  /// The example has every field there is, so it is the manual: with keys in their places it works as it stands.
  @Test func theExampleIsRight() async throws {
    let (place, keys) = (try await Place(), try await Self.keys.value)
    try FileManager.default.createDirectory(atPath: place.path("keys"), withIntermediateDirectories: true)
    for name in ["alipay-app.pem", "wechat-merchant.pem"] { try place.put("keys/\(name)", keys.privateKey) }
    for name in ["alipay-public.pem", "wechat-platform.pem"] { try place.put("keys/\(name)", keys.publicKey) }
    try place.put("keys/wechat-api-v3.key", Data(String(repeating: "k", count: 32).utf8))
    let channels = try place.read(ChannelList.example)
    #expect(channels.map { "\($0.manifest.id)" } == ["alipay-1", "wechat-1", "bank-1", "sim-1"])
    // The breaker's figures there are said to be those without it.
    #expect(channels[0].manifest.breaker == .standard)
  }

  @Test func whenSomebodyIsTold() async throws {
    let text = """
      alarms: {in_doubt_seconds: 60, not_arrived_in_a_row: 5, large_payout_minor_units: 1000000}
      channels: []

      """
    #expect(try await Place().read(text).isEmpty)
    let limits = try ChannelList.alarms(text)
    #expect(limits.inDoubtMicroseconds == 60_000_000)
    #expect(limits.notArrivedInARow == 5 && limits.largeMinorUnits == 1_000_000)
    for text in ["channels: []\n", ChannelList.example] {
      let standard = try ChannelList.alarms(text)
      #expect(standard.inDoubtMicroseconds == 600_000_000)
      #expect(standard.notArrivedInARow == 3 && standard.largeMinorUnits == 5_000_000)
    }
  }

  // MARK: - What is wrong

  private static let simulated = """
    channels:
      - id: sim-1
        kind: simulated
        behaviour:
          seed: 1

    """

  private static let bank = """
    channels:
      - id: bank-1
        kind: bank_file
        cut_offs: ["10:00"]
        directory: bank-1
        debtor_name: Example
        debtor_account: "6222"
        debtor_bank: ICBC

    """

  private static let wechat = """
    channels:
      - id: wechat-1
        kind: wechat_pay
        app_id: wx0
        merchant_id: "19"
        merchant_serial: "00"
        private_key_file: app.pem
        api_v3_key_file: v3.key
        platform_keys:
          - {id: PUB_KEY_ID_0, file: app.pub}
        transfer_scene_id: "1005"
        scene_reports:
          - {type: a, content: b}

    """

  /// A mistake: what is put for which words of a list that is right, in which line it is found, and by which words.
  private struct Mistake: CustomStringConvertible {
    var text: String
    var wrong: String
    var line: Int
    var words: String
    var description: String { "\(words) in line \(line)" }

    init(_ list: String, _ right: String, _ wrong: String, _ line: Int, _ words: String) {
      precondition(list.contains(right), "a mistake in what is not there: \(right)")
      text = list.replacing(right, with: wrong, maxReplacements: 1)
      (self.wrong, self.line, self.words) = (wrong, line, words)
    }
  }

  private static let mistakes: [Mistake] = [
    // No list, no YAML.
    Mistake(simulated, "channels:", "chanels:", 1, "`channels` is missing"),
    Mistake(simulated, "channels:\n", "version: 1\nchannels:\n", 1, "`version` is no field"),
    Mistake(
      simulated, "  - id: sim-1\n    kind: simulated\n    behaviour:\n      seed: 1", "  id: sim-1", 2,
      "`channels` is no list"),
    Mistake(simulated, "  - id: sim-1", "  - sim-1\n  - id: sim-1", 2, "is no list of `name: value` pairs"),
    Mistake(simulated, "kind: simulated", "kind: [simulated", 4, "is not YAML here"),
    Mistake(simulated, "seed: 1", "seed: 1\n    kind: alipay", 3, "more than once"),
    Mistake(simulated, "channels:\n", "alarms: {in_a_row: 3}\nchannels:\n", 1, "`in_a_row` is no field"),
    Mistake(simulated, "channels:\n", "alarms: 3\nchannels:\n", 1, "no list of `name: value` pairs"),
    Mistake(simulated, "channels:\n", "alarms: {in_doubt_seconds: 0}\nchannels:\n", 1, "must be 1 to 86400"),
    Mistake(simulated, "channels:\n", "alarms: {not_arrived_in_a_row: 17}\nchannels:\n", 1, "must be 1 to 16"),
    // Its name and kind.
    Mistake(simulated, "id: sim-1\n    ", "", 2, "`id` is missing"),
    Mistake(simulated, "id: sim-1", "id: \"\"", 2, "`id` is no text"),
    Mistake(simulated, "id: sim-1", "id: [sim-1]", 2, "`id` is no text"),
    Mistake(simulated, "id: sim-1", "id: sim/1", 2, "1 to 32 letters, digits and dashes"),
    Mistake(simulated, "id: sim-1", "id: 模拟", 2, "1 to 32 letters, digits and dashes"),
    Mistake(simulated, "id: sim-1", "id: " + String(repeating: "s", count: 33), 2, "1 to 32"),
    Mistake(simulated, "    kind: simulated\n", "", 2, "`kind` is missing"),
    Mistake(simulated, "kind: simulated", "kind: paypal", 3, "there are simulated, alipay, wechat_pay, bank_file"),
    Mistake(
      simulated, "channels:\n", "channels:\n  - {id: sim-1, kind: simulated, book: other}\n", 3,
      "is that of another channel, too"),
    // Fields of all kinds.
    Mistake(simulated, "kind: simulated", "kind: simulated\n    speed: [express]", 4, "`speed` is no field"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    rails: bank_card", 4, "`rails` is no list"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    rails: [cash]", 4, "names \"cash\""),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    rails: [[alipay]]", 4, "no list of single words"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    currencies: [yuan]", 4, "no code of three letters"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    speeds: [now]", 4, "names \"now\""),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    pays_references: yes", 4, "neither true nor false"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    opens: \"8:00\"", 4, "write \"HH:MM\""),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    closes: \"24:01\"", 4, "write \"HH:MM\""),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    minimum_minor_units: 0", 4, "must be 1 to"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    maximum_minor_units: 1.5", 4, "is \"1.5\""),
    Mistake(
      simulated, "kind: simulated", "kind: simulated\n    maximum_minor_units: 9223372036854775808", 4, "must be 1 to"),
    Mistake(
      simulated, "kind: simulated", "kind: simulated\n    minimum_minor_units: 2\n    maximum_minor_units: 1", 2,
      "minimum is above its maximum"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    daily_maximum_minor_units: -1", 4, "must be 1 to"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    fee: 5", 4, "no list of `name: value` pairs"),
    Mistake(
      simulated, "kind: simulated", "kind: simulated\n    fee: {per_million: 1000001}", 4, "must be 0 to 1000000"),
    Mistake(
      simulated, "kind: simulated", "kind: simulated\n    fee:\n      per_mille: 1", 5, "`per_mille` is no field"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    expected_arrival_ms: 0", 4, "must be 1 to"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    calls_at_once: 4097", 4, "must be 1 to 4096"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    breaker: {sample: 0}", 4, "must be 1 to"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    breaker: {failures_of_64: 65}", 4, "must be 1 to 64"),
    Mistake(
      simulated, "kind: simulated", "kind: simulated\n    breaker: {back_off_ms: 5000, back_off_maximum_ms: 4000}", 4,
      "above its `back_off_maximum_ms`"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    breaker: {permille: 1}", 4, "`permille` is no field"),
    // Of each kind.
    Mistake(simulated, "seed: 1", "luck: 1", 5, "`luck` is no field"),
    Mistake(simulated, "seed: 1", "refusal_permille: 1001", 5, "must be 0 to 1000"),
    Mistake(simulated, "seed: 1", "latency_min_ms: soon", 5, "is \"soon\""),
    Mistake(simulated, "seed: 1", "latency_min_ms: 900\n      latency_max_ms: 200", 6, "must be 900 to"),
    Mistake(simulated, "kind: simulated", "kind: simulated\n    book: no/such/place", 2, "cannot be used"),
    Mistake(bank, "    cut_offs: [\"10:00\"]\n", "", 2, "has no `cut_offs`"),
    Mistake(bank, "[\"10:00\"]", "[\"24:00\"]", 4, "times that are not \"HH:MM\""),
    Mistake(bank, "    directory: bank-1\n", "", 2, "`directory` is missing"),
    Mistake(bank, "    debtor_account: \"6222\"\n", "", 2, "`debtor_account` is missing"),
    Mistake(bank, "directory: bank-1", "directory: app.pem", 2, "channel bank-1"),
    Mistake(alipay, "    app_id: \"2021000000000000\"\n", "", 2, "`app_id` is missing"),
    Mistake(alipay, "app_id: \"2021000000000000\"", "app_id: \"2021 0\"", 2, "app_id is empty or no plain text"),
    Mistake(alipay, "    private_key_file: app.pem\n", "", 2, "`private_key_file` is missing"),
    Mistake(alipay, "gateway_path: /gateway.do", "gateway_path: gateway.do", 2, "path has to begin with /"),
    Mistake(alipay, "timeout_ms: 5000", "timeout_ms: 499", 20, "must be 500 to 120000"),
    Mistake(wechat, "    transfer_scene_id: \"1005\"\n", "", 2, "`transfer_scene_id` is missing"),
    Mistake(wechat, "{id: PUB_KEY_ID_0, file: app.pub}", "{id: PUB_KEY_ID_0}", 10, "`file` is missing"),
    Mistake(wechat, "{id: PUB_KEY_ID_0, file: app.pub}", "{file: app.pub}", 2, "give its id"),
    Mistake(wechat, "{type: a, content: b}", "{type: a, content: b, more: c}", 13, "`more` is no field"),
    // Keys.
    Mistake(alipay, "private_key_file: app.pem", "private_key_file: none.pem", 2, "none.pem: cannot be opened"),
    Mistake(alipay, "private_key_file: app.pem", "private_key_file: app.pub", 2, "app.pub: others may read this key"),
    Mistake(alipay, "private_key_file: app.pem", "private_key_file: .", 2, "is not a file"),
    Mistake(alipay, "private_key_file: app.pem", "private_key_file: v3.key", 2, "v3.key: "),
    Mistake(alipay, "key_file: app.pub", "key_file: none.pub", 2, "none.pub: cannot be opened"),
    Mistake(alipay, "key_file: app.pub", "key_file: v3.key", 2, "v3.key: "),
    Mistake(alipay, "timeout_ms: 5000", "authority_file: none.pem", 2, "none.pem"),
    Mistake(wechat, "api_v3_key_file: v3.key", "api_v3_key_file: app.pem", 2, "bytes instead of 32"),
    Mistake(wechat, "api_v3_key_file: v3.key", "api_v3_key_file: none.key", 2, "none.key: cannot be opened"),
    Mistake(wechat, "file: app.pub}", "file: none.pub}", 2, "none.pub: cannot be opened"),
  ]

  @Test func eachMistakeIsNamedWithItsLine() async throws {
    let place = try await Place()
    for list in [Self.simulated, Self.bank, Self.alipay, Self.wechat] { #expect(place.defect(list) == nil) }
    for mistake in Self.mistakes {
      guard let defect = place.defect(mistake.text) else {
        Issue.record("nothing was found: \(mistake)")
        continue
      }
      #expect(defect.line == mistake.line, "\(defect), expected \(mistake)")
      #expect(defect.description.contains(mistake.words), "\(defect), expected \(mistake)")
      #expect(defect.description.hasPrefix("line \(mistake.line): "))
    }
  }

  /// Whoever may read a key can pay with it.
  @Test func keysAreTheirOwnersAlone() async throws {
    let (place, keys) = (try await Place(), try await Self.keys.value)
    for mode in [0o600, 0o400] {
      try place.put("app.pem", keys.privateKey, mode: mode)
      #expect(place.defect(Self.alipay) == nil, "0\(String(mode, radix: 8))")
    }
    for mode in [0o640, 0o604, 0o644, 0o660, 0o700, 0o666, 0o4600] {
      try place.put("app.pem", keys.privateKey, mode: mode)
      let defect = try #require(place.defect(Self.alipay))
      #expect(defect.line == 2 && defect.reason.contains("chmod 600"), "0\(String(mode, radix: 8)): \(defect)")
    }
    try place.put("app.pem", keys.privateKey)
    for mode in [0o644, 0o640] {
      try place.put("v3.key", Data(String(repeating: "k", count: 32).utf8), mode: mode)
      #expect(place.defect(Self.wechat)?.reason.contains("chmod 600") == true)
    }
    try place.put("app.pem", Data())
    #expect(place.defect(Self.alipay)?.reason.contains("has 0 bytes") == true)
    try place.put("app.pem", Data(count: 1 << 20))
    #expect(place.defect(Self.alipay)?.reason.contains("bytes") == true)
  }

  @Test func simulatedOnesHaveToBeAllowed() async throws {
    let defect = try #require(try await Place().defect(Self.simulated, allowsSimulated: false))
    #expect(defect.line == 2 && defect.reason.contains("--allow-simulated"))
  }

  @Test func noMoreThanAnAttemptCanKeep() async throws {
    func list(_ count: Int) -> String {
      "channels:\n" + (0..<count).map { "  - {id: sim-\($0), kind: simulated}\n" }.joined()
    }
    let place = try await Place()
    #expect(try place.read(list(ChannelList.countMaximum)).count == ChannelList.countMaximum)
    #expect(place.defect(list(ChannelList.countMaximum + 1))?.reason.contains("at most") == true)
  }

  @Test(arguments: ["", "#", "channels", "- 1", "channels: {", "\u{0}", "%", "a: &a [*a]", "channels: 5", "? : ?"])
  func nonsenseIsADefectAndNoCrash(_ text: String) async throws {
    #expect(try await Place().defect(text) != nil)
  }

  /// Each prefix of a right list is a right list or has a defect.
  @Test func cutLists() async throws {
    let place = try await Place()
    let text = Array(Self.alipay.utf8)
    for count in stride(from: 0, to: text.count, by: 7) {
      _ = place.defect(String(decoding: text.prefix(count), as: UTF8.self))
    }
  }
}
