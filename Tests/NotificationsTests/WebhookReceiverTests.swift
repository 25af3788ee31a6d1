import Foundation
import LedgerCore
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization
import Testing

@testable import Notifications

/// How a lane and its connections treat receivers.
@Suite(.serialized) struct WebhookReceiverTests {
  /// Two tries fail together: the receiver's own word stands, whichever ends first.
  @Test func aFailureBesideItDoesNotShortenAPause() {
    let now = Timestamp(microseconds: 1_000_000)
    let asked = Timestamp(microseconds: 121_000_000)
    for order in [[asked, nil], [nil, asked]] as [[Timestamp?]] {
      var pace = WebhookLane.Pace()
      for pause in order { pace.note(succeeded: false, pause: pause, now: now) }
      #expect(pace.pausedUntil == asked)
    }
  }

  private final class Handshakes: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let versions = Mutex<Int>(0)
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case .handshakeCompleted? = event as? TLSUserEvent { versions.withLock { $0 += 1 } }
      context.close(promise: nil)
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  @Test(arguments: [(TLSVersion.tlsv1, 0), (.tlsv11, 0), (.tlsv12, 1), (.tlsv13, 1)])
  func receiversNeedTLS12(_ newest: TLSVersion, _ expected: Int) async throws {
    let post = try await Post()
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(post.certificate.certificateFile).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: post.certificate.keyFile, format: .pem)))
    (tls.minimumTLSVersion, tls.maximumTLSVersion) = (.tlsv1, newest)
    let (context, handshakes) = (try NIOSSLContext(configuration: tls), Handshakes())
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), handshakes)
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    _ = try await post.engine.endpoints.create(
      partner: try Label("demo"), url: "https://\(ReceiverCertificate.host):\(server.localAddress?.port ?? 0)/",
      key: try post.newKey())
    try await post.submit()
    await post.told.wait(1, \.isTry)
    #expect(handshakes.versions.withLock { min($0, 1) } == expected)
    try await server.close()
    await post.close()
  }
}
