import Testing

@testable internal import Rules
@testable internal import RulesFile

@Suite("Rules documents as YAML")
struct ParsingTests {
  @Test(arguments: ShippedRules.allCases)
  func shippedDocumentsAreValid(_ shipped: ShippedRules) {
    switch RulesFile.parse(shipped.text) {
    case .success(let document): #expect(document.name == shipped.rawValue)
    case .failure(let defects): Issue.record("\(defects.lines(file: shipped.rawValue).joined(separator: "\n"))")
    }
  }
}
