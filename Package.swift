// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// For the code that every request passes on its loop. In release builds it leaves out the run-time check for overlapping
/// access, about 7 % of the samples in a profile of queries; in debug builds, in which all tests run, it is on. Bounds,
/// overflow and all other checks stay on everywhere.
let hot = strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
/// What the HTTP client's settings and answers are made of.
let httpClientParts: [Target.Dependency] =
  nio + [
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
  ]
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")

let package = Package(
  name: "settle",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "settle", targets: ["settle"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    // The rules document and the list of channels are YAML, because people write them and explain their figures in comments.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Calls to payment channels and to partners' webhooks; only Payouts and Notifications see it.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    // The listeners that do not speak gRPC: notifications of channels, and metrics.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    // SQLite, for what webhooks were delivered: durable, and not the ledger's business.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    .target(name: "CCRC32C"),
    .target(name: "Digests", dependencies: ["CCRC32C", "COpenSSL"], swiftSettings: strict),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
    .target(name: "LedgerCore", dependencies: ["Digests"], swiftSettings: strict),
    .testTarget(name: "LedgerCoreTests", dependencies: ["LedgerCore", "Digests"], swiftSettings: strict),
    .target(name: "Rules", dependencies: ["LedgerCore", "Risk", "Digests"], swiftSettings: strict),
    .testTarget(name: "RulesTests", dependencies: ["Rules", "LedgerCore", "Risk"], swiftSettings: strict),
    .target(
      name: "RulesFile",
      dependencies: ["Rules", "LedgerCore", yams],
      resources: [.embedInCode("Documents/standard.yaml"), .embedInCode("Documents/open.yaml")],
      swiftSettings: strict),
    .testTarget(
      name: "RulesFileTests", dependencies: ["RulesFile", "Rules", "LedgerCore", "Risk"], swiftSettings: strict),
    .target(name: "Risk", dependencies: ["LedgerCore"], swiftSettings: strict),
    .testTarget(name: "RiskTests", dependencies: ["Risk", "LedgerCore"], swiftSettings: strict),
    .target(name: "RiskEvaluation", dependencies: ["Risk", "LedgerCore"], swiftSettings: strict),
    .testTarget(
      name: "RiskEvaluationTests", dependencies: ["RiskEvaluation", "Risk", "LedgerCore"], swiftSettings: strict),
    .target(name: "Journal", dependencies: ["Digests"], swiftSettings: strict),
    .target(
      name: "JournalTesting", dependencies: ["Journal"], path: "Tests/JournalTesting", swiftSettings: strict),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "JournalTesting", "Digests"], swiftSettings: strict),
    .target(name: "Vault", dependencies: ["Digests", "Journal", "LedgerCore"], swiftSettings: strict),
    .testTarget(
      name: "VaultTests", dependencies: ["Vault", "Journal", "JournalTesting", "LedgerCore", "Digests"],
      swiftSettings: strict),
    .target(name: "Ledger", dependencies: ["LedgerCore", "Journal", "Digests"], swiftSettings: strict),
    .testTarget(
      name: "LedgerTests", dependencies: ["Ledger", "LedgerCore", "Journal", "JournalTesting", "Digests"],
      swiftSettings: strict),
    .target(name: "Routing", dependencies: ["LedgerCore"], swiftSettings: strict),
    .testTarget(name: "RoutingTests", dependencies: ["Routing", "LedgerCore"], swiftSettings: strict),
    .target(name: "RouteSimulation", dependencies: ["Routing", "LedgerCore"], swiftSettings: strict),
    .testTarget(
      name: "RouteSimulationTests", dependencies: ["RouteSimulation", "Routing", "LedgerCore"], swiftSettings: strict),
    .target(name: "Telemetry", swiftSettings: strict),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: strict),
    .target(
      name: "Payouts",
      dependencies: ["Ledger", "LedgerCore", "Journal", "Routing", "Vault", "Digests", "Telemetry", httpClient, yams]
        + httpClientParts,
      resources: [.embedInCode("Documents/channels.yaml")], swiftSettings: strict),
    .testTarget(
      name: "PayoutsTests",
      dependencies: [
        "Payouts", "Routing", "Ledger", "LedgerCore", "Journal", "JournalTesting", "Vault", "Digests", "Telemetry",
      ], swiftSettings: strict),
    .executableTarget(
      name: "provider-probe", dependencies: ["Payouts", "Routing", "LedgerCore"], path: "Tests/ProviderProbe",
      swiftSettings: strict),
    .target(
      name: "Notifications",
      dependencies: [
        "Payouts", "Routing", "Ledger", "LedgerCore", "Vault", "Digests", "Telemetry", httpClient,
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HummingbirdHTTP2", package: "hummingbird"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ] + httpClientParts, swiftSettings: strict),
    .testTarget(
      name: "NotificationsTests",
      dependencies: [
        "Notifications", "Payouts", "Routing", "Ledger", "LedgerCore", "Journal", "JournalTesting", "Vault", "Digests",
        "Telemetry", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"), .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ] + httpClientParts, swiftSettings: strict),
    .target(name: "HTTPStreams", swiftSettings: strict),
    .target(
      name: "Transport", dependencies: ["HTTPStreams", "CNghttp2", "COpenSSL"] + nio,
      swiftSettings: hot),
    .testTarget(
      name: "TransportTests", dependencies: ["Transport", "HTTPStreams", "CNghttp2", "COpenSSL"] + nio,
      swiftSettings: strict),
    .target(name: "GRPCProto", dependencies: [protobuf], swiftSettings: strict),
    .target(
      name: "RPC", dependencies: ["HTTPStreams", "GRPCProto", protobuf], swiftSettings: hot),
    .target(name: "RPCTesting", dependencies: ["HTTPStreams"], path: "Tests/RPCTesting", swiftSettings: strict),
    .testTarget(
      name: "RPCTests", dependencies: ["RPC", "RPCTesting", "HTTPStreams", "GRPCProto", protobuf],
      swiftSettings: strict),
    .executableTarget(
      name: "interop-server", dependencies: ["Transport", "RPC", "HTTPStreams", "GRPCProto", protobuf],
      path: "Tests/InteropServer", swiftSettings: strict),
    .target(
      name: "SettlementProto", dependencies: ["GRPCProto", protobuf], swiftSettings: strict),
    .target(
      name: "Services",
      dependencies: [
        "RPC", "HTTPStreams", "SettlementProto", "GRPCProto", "Ledger", "LedgerCore", "Rules", "Vault",
        "Digests", "Routing", "Payouts", "Notifications", "Telemetry", protobuf,
      ],
      swiftSettings: hot),
    .testTarget(
      name: "ServicesTests",
      dependencies: [
        "Services", "RPC", "RPCTesting", "HTTPStreams", "SettlementProto", "GRPCProto", "Ledger", "LedgerCore",
        "Rules", "RulesFile", "Vault", "Journal", "JournalTesting", "Digests", "Routing", "Payouts", "Notifications",
        "Telemetry", protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "SettlementClient",
      dependencies: ["RPC", "Transport", "HTTPStreams", "SettlementProto", "GRPCProto", "Digests", protobuf],
      swiftSettings: strict),
    .testTarget(
      name: "SettlementClientTests",
      dependencies: ["SettlementClient", "RPC", "Transport", "HTTPStreams", "SettlementProto", "GRPCProto", protobuf],
      swiftSettings: strict),
    .executableTarget(
      name: "settle",
      dependencies: [
        "Services", "SettlementClient", "SettlementProto", "GRPCProto", "Transport", "RPC", "HTTPStreams", "Ledger",
        "LedgerCore", "Journal", "Rules", "RulesFile", "Risk", "RiskEvaluation", "Vault", "Digests", "COpenSSL",
        "Routing",
        "RouteSimulation", "Payouts", "Notifications", "Telemetry", log, arguments, histogram, protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SettleTests",
      dependencies: [
        "settle", "SettlementClient", "SettlementProto", "RPC", "GRPCProto", "LedgerCore", "Rules", "RulesFile",
        "RiskEvaluation", "Digests", "HTTPStreams", "Routing", "RouteSimulation", "Payouts", "Notifications",
        "Telemetry", protobuf, arguments,
        log, histogram,
      ],
      swiftSettings: strict),
  ]
)
