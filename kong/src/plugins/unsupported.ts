const names = [
  ...['acme', 'aws-lambda', 'azure-functions', 'datadog', 'grpc-gateway', 'grpc-web', 'ldap-auth', 'loggly', 'oauth2'],
  ...['post-function', 'pre-function', 'session', 'standard-webhooks', 'statsd', 'syslog', 'tcp-log'],
  ...['udp-log', 'zipkin', 'ai-proxy', 'ai-prompt-decorator', 'ai-prompt-guard', 'ai-prompt-template'],
  ...['ai-request-transformer', 'ai-response-transformer'],
]

/** What open-source Kong 3.9 brings along and this gateway does not, each with the words of its refusal. */
export const unsupportedPlugins: ReadonlyMap<string, string> = new Map(
  names.map((name) => [name, `the embedded gateway has no plugin '${name}'; run this file on Kong itself to use it`]),
)
