import CNghttp2
import HTTPStreams

/// The points in time a session's timers go by. All coarse.
struct HTTP2Timing {
  let startedAt: MonotonicInstant
  let expiresAt: MonotonicInstant
  var settingsReceived = false
  var settingsAcknowledged = false
  var receivedAt: MonotonicInstant
  var idleSince: MonotonicInstant
  private(set) var pingSentAt: MonotonicInstant?

  init(now: MonotonicInstant, maximumAgeNanoseconds: Int64) {
    startedAt = now
    expiresAt = now + maximumAgeNanoseconds
    receivedAt = now
    idleSince = now
  }

  /// Anything the peer sends shows that it lives.
  mutating func received(at now: MonotonicInstant) {
    receivedAt = now
    pingSentAt = nil
  }

  mutating func pingSent(at now: MonotonicInstant) {
    if pingSentAt == nil { pingSentAt = now }
  }

  mutating func pingAnswered() { pingSentAt = nil }
}

extension HTTP2Session {
  /// Looks at every timer. Called by the carrier once per tick of its loop, after the coarse clock moved.
  package func tick() {
    let now = clock.now
    let timers = limits.timers
    watch.refill(idleRefill.refill(now: now))
    if let reason = overdue(now, timers) {
      return fail(reason, NGHTTP2_NO_ERROR)
    }
    switch phase {
    case .failed: return
    case .noticed(let since): if now > since + Self.noticeNanoseconds { goAway() }
    case .goneAway(let since): if now > since + timers.drainNanoseconds { fail(.drained, NGHTTP2_NO_ERROR) }
    case .serving: tickServing(now, timers)
    }
    if streams.openCount > 0 { tickStreams(now, timers) }
  }

  private func overdue(_ now: MonotonicInstant, _ timers: ConnectionTimers) -> CloseReason? {
    if !timing.settingsReceived, now > timing.startedAt + timers.prefaceNanoseconds { return .timedOut(.preface) }
    if !timing.settingsAcknowledged, now > timing.startedAt + timers.settingsAckNanoseconds {
      return .timedOut(.settingsAck)
    }
    if let since = watch.unfinishedSince, now > since + timers.frameNanoseconds { return .timedOut(.frame) }
    if let sent = timing.pingSentAt, now > sent + timers.pingAnswerNanoseconds { return .timedOut(.ping) }
    return nil
  }

  private func tickServing(_ now: MonotonicInstant, _ timers: ConnectionTimers) {
    if streams.openCount > 0 {
      if timing.pingSentAt == nil, now > timing.receivedAt + timers.pingAfterSilenceNanoseconds {
        nghttp2_submit_ping(session, flagNone, PingMark.alive)
        timing.pingSent(at: now)
        announceOutput()
      }
    } else if now > timing.idleSince + timers.idleNanoseconds {
      drain()
    }
    if role == .server, now > timing.expiresAt { drain() }
  }

  private func tickStreams(_ now: MonotonicInstant, _ timers: ConnectionTimers) {
    let bodyLimit = timers.bodyProgressNanoseconds
    let writeLimit = timers.writeProgressNanoseconds
    for stream in streams.open {
      if role == .server, !stream.pointee.hasAnswered {
        switch stream.pointee.receiving {
        case .headers, .body:
          if stream.pointee.receivedSinceMark >= timers.bodyProgressBytes {
            stream.pointee.receivedSinceMark = 0
            stream.pointee.receivedAt = now
          } else if now > stream.pointee.receivedAt + bodyLimit {
            resetStream(stream, .cancel)
          }
        case .ended: break
        }
      }
      if stream.pointee.out.count > 0, now > stream.pointee.sentAt + writeLimit {
        resetStream(stream, .cancel)
      }
    }
  }

  /// How long the answer to the drain's ping is waited for.
  private static let noticeNanoseconds: Int64 = 1_000_000_000
}
