import ArgumentParser
import SettlementClient
import SettlementProto

struct AmountOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Amount in decimal digits, such as 1000.00.", valueName: "decimal"))
  var amount: String

  @Option(help: ArgumentHelp("ISO 4217 code of the amount.", valueName: "code"))
  var currency: String = "CNY"

  func validate() throws { _ = try money() }

  func money() throws -> Settlement_V1_Money {
    guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5a).contains($0) }) else {
      throw ValidationError("--currency \"\(currency)\" is not three upper-case letters such as CNY.")
    }
    do {
      var money = Settlement_V1_Money()
      money.currencyCode = currency
      money.minorUnits = try DecimalAmount.minorUnits(
        amount, decimals: DecimalAmount.decimals(ofCurrency: currency))
      guard money.minorUnits > 0 else {
        throw ValidationError("--amount \"\(amount)\" is nothing; it must be more than zero.")
      }
      return money
    } catch let error as DecimalAmount.Defect {
      throw ValidationError("--amount \"\(amount)\" is no amount of \(currency): \(error).")
    }
  }
}
