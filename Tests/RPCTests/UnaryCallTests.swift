import HTTPStreams
import RPC
import RPCTesting
import Testing

/// One request, one answer, through a handler without a task.
struct UnaryCallTests {
  @Test func echoes() {
    let handler = EchoHandler()
    let client = RawClient(echoRoutes(handler))
    let response = client.call(body: [framed([1, 2, 3])])
    #expect(response.head == [":status": "200", "content-type": "application/grpc+proto"])
    #expect(response.messages == [[1, 2, 3]])
    #expect(response.trailers == ["grpc-status": "0"])
    #expect(response.ended)
    #expect(response.close == .finished)
    #expect(client.pipe.server.openStreams == 0)
  }

  /// Where DATA is cut means nothing (rule 3): every cut into two pieces, and every byte alone.
  @Test func echoesHoweverTheBytesAreCut() {
    let body = framed(Array(0..<40))
    for cut in 0...body.count {
      let handler = EchoHandler()
      let client = RawClient(echoRoutes(handler))
      let response = client.call(body: [Array(body[..<cut]), Array(body[cut...])])
      #expect(response.messages == [Array(0..<40)], "cut at \(cut)")
      #expect(response.status == "0")
    }
    var options = InMemoryPipe.Options()
    options.largestPiece = 1
    let client = RawClient(echoRoutes(EchoHandler()), options: options)
    #expect(client.call(body: [body]).messages == [Array(0..<40)])
  }

  @Test func answersLater() {
    let handler = EchoHandler()
    handler.answersAtOnce = false
    let client = RawClient(echoRoutes(handler))
    let response = client.call(body: [framed([7])])
    #expect(response.close == nil)
    let call = handler.waiting[0]
    client.loop.run { call.reply(([8, 9] as [UInt8]).span.bytes) }
    #expect(client.response(call.stream).messages == [[8, 9]])
    client.loop.run { call.reply(([1] as [UInt8]).span.bytes) }  // a second answer does nothing
    #expect(client.response(call.stream).messages == [[8, 9]])
    #expect(handler.cancelledTokens == [])
  }

  @Test func largeMessagesPassTheWindow() {
    let client = RawClient(echoRoutes(EchoHandler()))
    let message = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(client.call(body: [framed(message)]).messages == [message])
  }
}
