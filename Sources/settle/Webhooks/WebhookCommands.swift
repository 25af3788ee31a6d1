import ArgumentParser
import SettlementClient
import SettlementProto

struct WebhookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhook", abstract: "Tell a partner's own servers of every change of its withdrawals.",
    discussion: "Requests are signed as Standard Webhooks 1.0.0 says. For the partner itself, and for operators.",
    subcommands: [
      Create.self, List.self, Delete.self, Rotate.self, Enable.self, Disable.self, Deliveries.self, Redeliver.self,
      Log.self,
    ])

  /// Whose endpoints.
  struct Owner: ParsableArguments {
    @Option(help: "The partner that is meant; for staff.")
    var partner: String?
  }

  struct EndpointName: ParsableArguments {
    @Argument(help: ArgumentHelp("The endpoint's id.", valueName: "we_..."))
    var endpoint: String
  }

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an endpoint.",
      discussion: "The secret that it prints is shown here and never again. Changes from now on are told.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var owner: Owner

    @Argument(help: ArgumentHelp("Where the receiver is, in the public internet.", valueName: "https://..."))
    var url: String

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_CreateWebhookEndpointRequest()
        message.requestID = request.id(output)
        message.partner = owner.partner ?? ""
        message.url = url
        try output.print(await client.createWebhookEndpoint(message))
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a partner's endpoints.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var owner: Owner

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_ListWebhookEndpointsRequest()
        message.partner = owner.partner ?? ""
        try output.print(await client.listWebhookEndpoints(message))
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove an endpoint, and what waits for it.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var name: EndpointName

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_DeleteWebhookEndpointRequest()
        message.requestID = request.id(output)
        message.id = name.endpoint
        try output.print(await client.deleteWebhookEndpoint(message))
      }
    }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give an endpoint a new secret.",
      discussion: "For a day the old one signs too: put the new one into the receiver until then.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var name: EndpointName

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_RotateWebhookSecretRequest()
        message.requestID = request.id(output)
        message.id = name.endpoint
        try output.print(await client.rotateWebhookSecret(message))
      }
    }
  }

  struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Switch an endpoint on; what it missed is sent.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var name: EndpointName

    func run() async throws { try await connection.setWebhook(name.endpoint, enabled: true, request) }
  }

  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Switch an endpoint off; what comes is kept for it.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var name: EndpointName

    func run() async throws { try await connection.setWebhook(name.endpoint, enabled: false, request) }
  }

  struct Deliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what was delivered, waits, or was given up, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var name: EndpointName

    @Option(help: ArgumentHelp("Only those in this state.", valueName: "state"))
    var state: NameArgument<Settlement_V1_DeliveryState>?

    @Option(help: "How many, 1 to 1000.")
    var pageSize: Int32 = 50

    @Option(help: "Where to go on, as the page before printed it.")
    var pageToken: String?

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_ListWebhookDeliveriesRequest()
        message.endpointID = name.endpoint
        message.state = state?.value ?? .unspecified
        message.pageSize = pageSize
        message.pageToken = pageToken ?? ""
        try output.print(await client.listWebhookDeliveries(message))
      }
    }
  }

  struct Redeliver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send a delivery again, under the same webhook-id.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var name: EndpointName

    @Argument(help: ArgumentHelp("The delivery's webhook-id.", valueName: "evt_..."))
    var id: String

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_RedeliverWebhookRequest()
        message.requestID = request.id(output)
        message.endpointID = name.endpoint
        message.id = id
        try output.print(await client.redeliverWebhook(message))
      }
    }
  }

  struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show who changed which endpoint, newest first; also of those that were deleted.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Only this partner's; for staff, who see all partners' without it.")
    var partner: String?

    @Option(help: ArgumentHelp("Only of this endpoint.", valueName: "we_..."))
    var endpoint: String?

    @Option(help: "How many, 1 to 1000.")
    var pageSize: Int32 = 50

    @Option(help: "Where to go on, as the page before printed it.")
    var pageToken: String?

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_ListWebhookChangesRequest()
        message.partner = partner ?? ""
        message.endpointID = endpoint ?? ""
        message.pageSize = pageSize
        message.pageToken = pageToken ?? ""
        try output.print(await client.listWebhookChanges(message))
      }
    }
  }
}

extension ConnectionOptions {
  fileprivate func setWebhook(_ endpoint: String, enabled: Bool, _ request: RequestOptions) async throws {
    try await withClient { client, output in
      var message = Settlement_V1_SetWebhookEndpointStateRequest()
      message.requestID = request.id(output)
      message.id = endpoint
      message.enabled = enabled
      try output.print(await client.setWebhookEndpointState(message))
    }
  }
}
