/// Bounds of one connection. Every number has its reason; the defaults are for a public server.
package struct ConnectionLimits: Sendable {
  /// Streams the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). A partner with more work opens a second
  /// connection; h2load's and grpc's defaults stay below.
  package var concurrentStreamsMax: UInt32 = 256
  /// Flow-control window of one stream: a 256 KiB message in flight without waiting for us.
  package var streamWindowBytes: Int32 = 256 * 1024
  /// Window of the whole connection, and so the most body bytes we may have to hold for one peer.
  package var connectionWindowBytes: Int32 = 4 * 1024 * 1024
  /// Names + values + 32 each, RFC 9113 section 6.5.2; the size grpc servers commonly allow. Enforced as they arrive.
  package var headerListBytesMax = 8 * 1024
  package var headerFieldsMax = 128
  /// A block that goes on this far beyond the limit is an attack on the decoder, not a mistake.
  package var headerListBytesFatal = 128 * 1024
  /// Response bytes buffered for one connection; a stream that would exceed it is reset. Buffers grow by doubling, so
  /// that this much costs less than the 64 MB that one slow reader may cost.
  package var bufferedBytesMax = 24 * 1024 * 1024
  /// Ciphertext handed to the socket in one go, and the point where the connection counts as not writable.
  package var socketHighWaterBytes = 128 * 1024
  package var socketLowWaterBytes = 32 * 1024

  /// RST_STREAM from the peer: a bucket of so many, refilled per second (CVE-2023-44487). Honest gRPC clients cancel by
  /// RST_STREAM, so it is roomy.
  package var resetsReceivedBurst: UInt64 = 1000
  package var resetsReceivedPerSecond: UInt64 = 33
  /// RST_STREAM that the peer's errors make us send (CVE-2025-8671).
  package var resetsSentBurst = 500
  package var resetsSentPerSecond = 33
  /// Answers to SETTINGS and PING waiting to be sent.
  package var queuedAcknowledgementsMax = 1000
  /// Frames that bring nothing (empty DATA, PRIORITY, WINDOW_UPDATE, PING, SETTINGS, unknown types): a bucket, refilled
  /// by time and by progress in either direction.
  package var idleFramesBurst = 4000
  package var idleFramesPerSecond = 500

  /// Server: pings from the peer closer together than this are strikes (grpc's keepalive.md); more than `pingStrikesMax` end the
  /// connection with "too_many_pings". Data that we send forgives all strikes.
  package var pingIntervalWithStreamsNanoseconds: Int64 = 300_000_000_000
  package var pingIntervalWithoutStreamsNanoseconds: Int64 = 7_200_000_000_000
  package var pingStrikesMax = 2

  package var timers = ConnectionTimers()

  package init() {}
}

/// How long a connection may take for what. Checked by one coarse tick per loop, so each may last up to one tick
/// longer.
package struct ConnectionTimers: Sendable {
  /// From accept to the end of the TLS handshake.
  package var handshakeNanoseconds: Int64 = 5_000_000_000
  /// From the handshake to the HTTP/2 preface and the peer's SETTINGS.
  package var prefaceNanoseconds: Int64 = 5_000_000_000
  /// For the peer to acknowledge our SETTINGS.
  package var settingsAckNanoseconds: Int64 = 8_000_000_000
  /// For one frame, or one header block with its CONTINUATIONs, to arrive whole.
  package var frameNanoseconds: Int64 = 8_000_000_000
  /// Server: a request whose end has not come and that was not answered yet must bring `bodyProgressBytes` in this time.
  package var bodyProgressNanoseconds: Int64 = 8_000_000_000
  package var bodyProgressBytes = 16 * 1024
  /// Bytes that we have for the peer must move in this time: per stream through its window, per connection through the
  /// socket.
  package var writeProgressNanoseconds: Int64 = 8_000_000_000
  /// With open streams and silence for so long the peer is pinged ...
  package var pingAfterSilenceNanoseconds: Int64 = 4_000_000_000
  /// ... and must answer, or send anything, in this time.
  package var pingAnswerNanoseconds: Int64 = 5_000_000_000
  /// Without open streams for so long the connection is drained.
  package var idleNanoseconds: Int64 = 600_000_000_000
  /// A connection is drained at this age, so that a revoked or expired certificate does not serve for ever; up to a
  /// tenth is taken off at random, so that clients do not all come back at once.
  package var maximumAgeNanoseconds: Int64 = 3_600_000_000_000
  /// How long open streams may go on after a drain began.
  package var drainNanoseconds: Int64 = 10_000_000_000
  /// How long a closing connection waits for the peer to read the last words and close too.
  package var lingerNanoseconds: Int64 = 1_000_000_000

  package init() {}
}
