import CNghttp2
import HTTPStreams

/// nghttp2's callbacks: thunks that find the session and note what happened. nghttp2 forbids receiving and sending inside
/// a callback, so nothing is acted upon here. Made once; nghttp2 copies the table into each session.
enum HTTP2Callbacks {
  /// Unsafe but shared safely: written once here, only read afterwards.
  nonisolated(unsafe) static let table: OpaquePointer? = makeTable()

  /// The session behind `user_data`. It is valid: nghttp2 calls back only inside calls that the session makes.
  @inline(__always)
  private static func note(_ user: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Void) -> Int32 {
    guard let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
    Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef(body)
    return 0
  }

  private static func makeTable() -> OpaquePointer? {
    var made: OpaquePointer?
    guard nghttp2_session_callbacks_new(&made) == 0, let table = made else { return nil }
    nghttp2_session_callbacks_set_on_begin_headers_callback(table) { _, frame, user in
      guard let frame else { return 0 }
      let id = HTTP2Callbacks.head(of: frame).stream_id
      return HTTP2Callbacks.note(user) { $0.noteHeadersBegan(id) }
    }
    nghttp2_session_callbacks_set_on_header_callback(table) { _, _, name, nameCount, value, valueCount, _, user in
      guard let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      return Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef {
        $0.noteHeader(
          name: UnsafeRawBufferPointer(start: name, count: nameCount),
          value: UnsafeRawBufferPointer(start: value, count: valueCount))
      }
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) { _, _, id, bytes, count, user in
      HTTP2Callbacks.note(user) { $0.noteData(id, UnsafeRawBufferPointer(start: bytes, count: count)) }
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(table) { _, frame, user in
      guard let frame else { return 0 }
      return HTTP2Callbacks.note(user) { $0.noteFrameReceived(HTTP2Callbacks.head(of: frame), frame) }
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(table) { _, frame, user in
      guard let frame else { return 0 }
      return HTTP2Callbacks.note(user) { $0.noteFrameSent(HTTP2Callbacks.head(of: frame), frame) }
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(table) { _, frame, error, user in
      guard let frame else { return 0 }
      return HTTP2Callbacks.note(user) { $0.noteFrameNotSent(HTTP2Callbacks.head(of: frame), error) }
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(table) { _, id, code, user in
      HTTP2Callbacks.note(user) { $0.noteStreamClosed(id, code) }
    }
    nghttp2_session_callbacks_set_error_callback2(table) { _, _, text, count, user in
      HTTP2Callbacks.note(user) { $0.noteComplaint(UnsafeRawBufferPointer(start: text, count: count)) }
    }
    return table
  }

  /// The frame header, which every member of the union begins with: read alone, so that the union is not copied.
  @inline(__always)
  private static func head(of frame: UnsafePointer<nghttp2_frame>) -> nghttp2_frame_hd {
    UnsafeRawPointer(frame).load(as: nghttp2_frame_hd.self)
  }
}
