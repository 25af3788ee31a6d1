package import Digests

extension LedgerState {
  /// SHA-256 of the snapshot: equal for equal states, whatever way they came about.
  package func stateHash() -> Digest256 {
    encodeSnapshot { (_) throws(Never) in }
  }

  /// Passes the whole state on in chunks of at most 256 KiB, in order, and returns its hash.
  package func encodeSnapshot<Failure: Error>(
    _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Digest256 {
    // The writer keeps the sink only until `finish`, below.
    try withoutActuallyEscaping(sink) { sink throws(Failure) in
      var out = SnapshotWriter<Failure>(sink)
      try writeHeader(&out)
      try writeNames(&out)
      try writeMoney(&out)
      try writeWithdrawals(&out)
      try writeRequests(&out)
      try writeScreening(&out)
      try writeRisk(&out)
      try writeReviews(&out)
      try writeProposals(&out)
      try writeLogs(&out)
      try writePayouts(&out)
      try writeConfirmations(&out)
      try writeAppeals(&out)
      try out.begin(.end, rows: 0)
      return try out.finish()
    }
  }

  private func writeHeader<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.row { row in
      row.write(SnapshotFormat.magic)
      row.write(SnapshotFormat.version)
      row.write(shard)
      row.write(lastSequence)
      row.write(lastTime.microseconds)
    }
  }

  private func writeNames<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.partners, rows: partners.count)
    for ordinal in partners.ordinals {
      try out.row { $0.write(labels.label(partners[ordinal].label)) }
    }
    try out.begin(.meters, rows: refusalMeters.count)
    for ordinal in refusalMeters.ordinals {
      let meter = refusalMeters[ordinal]
      try out.row { row in
        row.write(meter.window)
        row.write(meter.count)
      }
    }
  }

  private func writeMoney<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.books, rows: books.count)
    for ordinal in books.ordinals {
      let book = books[ordinal]
      try out.row { row in
        row.write(book.currency.code)
        row.write(book.custody)
        row.write(book.clearing)
        row.write(book.feeIncome)
        row.write(book.suspense)
      }
    }
    try out.begin(.agents, rows: agents.count)
    for ordinal in agents.ordinals {
      let agent = agents[ordinal]
      try out.row { row in
        row.write(agent.partner)
        row.write(labels.label(agent.label))
        row.write(agent.createTime.microseconds)
        row.write(agent.createSequence)
      }
    }
    try out.begin(.accounts, rows: accounts.count)
    for ordinal in accounts.ordinals {
      let account = accounts[ordinal]
      try out.row { row in
        row.write(account.agent)
        row.write(account.book)
        row.write(account.balances)
        row.write(account.lastSequence)
      }
    }
    try out.begin(.deposits, rows: deposits.count)
    for ordinal in deposits.ordinals {
      let deposit = deposits[ordinal]
      try out.row { row in
        row.write(deposit.account)
        row.write(deposit.amount)
        row.write(labels.label(deposit.externalReference))
        row.write(deposit.time.microseconds)
        row.write(deposit.sequence)
      }
    }
  }

  private func writeWithdrawals<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.withdrawals, rows: withdrawals.count)
    for ordinal in withdrawals.ordinals {
      let withdrawal = withdrawals[ordinal]
      try out.row { row in
        row.write(withdrawal.account)
        row.write(withdrawal.epoch)
        row.write(withdrawal.firstState.rawValue)
        row.write(withdrawal.amount)
        row.write(withdrawal.fee)
        row.write(withdrawal.createTime.microseconds)
        row.write(withdrawal.createSequence)
        row.write(labels.label(withdrawal.payee))
      }
    }
    try out.begin(.events, rows: events.count)
    for ordinal in events.ordinals {
      let event = events[ordinal]
      try out.row { row in
        row.write(event.withdrawal)
        row.write(event.state.rawValue)
        row.write(event.time.microseconds)
        row.write(event.sequence)
      }
    }
    try out.begin(.entries, rows: entries.count)
    for ordinal in entries.ordinals {
      let entry = entries[ordinal]
      try out.row { row in
        row.write(entry.kind.rawValue)
        row.write(entry.subject)
      }
    }
  }

  private func writeRequests<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.refusals, rows: refusals.count)
    for ordinal in refusals.ordinals {
      let refusal = refusals[ordinal]
      try out.row { row in
        row.write(refusal.partner)
        row.write(refusal.method.rawValue)
        row.write(refusal.refusal)
        row.write(refusal.sequence)
      }
    }
    try out.begin(.requests, rows: requests.count)
    for ordinal in requests.ordinals {
      let request = requests[ordinal]
      try out.row { row in
        row.write(request.namespace)
        row.write(labels.label(request.id))
        row.write(request.content)
        row.write(request.outcome.rawValue)
        row.write(request.subject)
      }
    }
  }
}

extension ByteWriter {
  mutating func write(_ balances: Balances) {
    write(balances.debitsPending)
    write(balances.debitsPosted)
    write(balances.creditsPending)
    write(balances.creditsPosted)
  }
}
