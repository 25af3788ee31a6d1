// Transport: sockets, TLS and HTTP/2 below, the streams of HTTPStreams above. It knows nothing of gRPC.
//
// The way of a byte
//
//     socket -> NIO -> Connection -> TLSEngine.read -> HTTP2Session.receive -> nghttp2 (callbacks note events)
//                                                                          `-> events -> StreamHandler
//     StreamConnection -> nghttp2 -> HTTP2Session.nextOutput -> records of 16 KiB -> TLSEngine.write -> NIO -> socket
//
// Core and shell. TLSEngine and HTTP2Session know no sockets, no NIO and no clock: bytes go in, bytes come out, `tick`
// tells the time. Connection, Loops, Server and Client are the shell that moves the bytes. One loop owns each connection;
// nothing of a connection is touched elsewhere.
//
// A turn. NIO reads each ready socket once per turn (maxMessagesPerRead = 1); all that the turn's replies bring leaves in
// one write per connection at its end, in full TLS records, and only while the socket takes it.
//
// Who may attack, and what stops it
//
//     a stranger            a client certificate is required, verified for this very session, without resumption and
//                           renegotiation (TLSContext); "h2" by ALPN or nothing
//     a slow stranger       timers for handshake, preface, SETTINGS, frames, bodies (ConnectionTimers)
//     a slow reader         response bytes are bounded per connection; what does not move is reset, a socket that does not
//                           move is closed (HTTP2Timing, Connection.WriteProgress)
//     a vanished peer       PING after silence, close without an answer
//     a flood               resets received (nghttp2's limit), resets that we are made to send (TokenBucket), frames without
//                           progress (FrameWatch), pings (PingPolicy), key updates (TLSEngine), header lists (HTTP2Events),
//                           CONTINUATION and queued acknowledgements (nghttp2); every error of nghttp2 ends the connection
//     too many              connections in total and per address (ServerShared), streams per connection (SETTINGS); a full
//                           or starved server stops accepting and does not spin (AcceptGate)
//     a stolen certificate  serves at most until the connection's maximum age, after its revocation or end
//
// Not here: how many handlers run (a stream that is reset leaves its handler running: RPC counts those), partners' quotas,
// the rate of TLS handshakes (a loop spends some 0.3 ms on each).
