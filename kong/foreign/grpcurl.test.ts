import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProxy, type TestProxy } from '../src/proxy/testing/proxy.ts'
import { defaultCertificate } from '../src/tls/default-certificate.ts'

/** `npm run test:long -- grpcurl` says where it is. */
const grpcurl = process.env.PORTICO_GRPCURL ?? 'grpcurl'

const proto = join(dirname(fileURLToPath(import.meta.url)), 'greeter.proto')
let server: grpc.Server
let proxy: TestProxy
let port: number

interface Name {
  readonly name: string
}

beforeAll(async () => {
  const definition = loadSync(proto, { defaults: true })
  const service = definition['portico.test.Greeter'] as grpc.ServiceDefinition
  server = new grpc.Server()
  new ReflectionService(definition).addToServer(server)
  server.addService(service, {
    greet({ request }: { request: Name }, answer: grpc.sendUnaryData<object>) {
      if (request.name === '') answer({ code: grpc.status.INVALID_ARGUMENT, details: 'who?' })
      else answer(null, { text: `Hello, ${request.name}` })
    },
    count(call: grpc.ServerWritableStream<Name, object>) {
      for (let i = 1; i <= 3; i += 1) call.write({ text: `${call.request.name} ${i}` })
      call.end()
    },
  })
  const credentials = grpc.ServerCredentials.createInsecure()
  const upstream = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  proxy = await startProxy({
    services: [
      {
        ...{ name: 'greeter', protocol: 'grpc', host: '127.0.0.1', port: upstream },
        routes: [{ name: 'greeter', protocols: ['grpc', 'grpcs'], paths: ['/'] }],
      },
    ],
  })
  const identity = defaultCertificate({ certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' })
  port = await proxy.server.listen('127.0.0.1', 0, { identity, http2: true })
})

afterAll(async () => {
  await proxy.close()
  server.forceShutdown()
})

async function ask(...words: string[]): Promise<string> {
  const options = ['-insecure', '-max-time', '60']
  const { stdout } = await promisify(execFile)(grpcurl, [...options, ...words])
  return stdout
}

const at = () => `127.0.0.1:${port}`

describe('grpcurl, through the TLS port of the gateway', () => {
  it('finds the services by reflection, a stream both ways', async () => {
    expect((await ask(at(), 'list')).split('\n')).toContain('portico.test.Greeter')
    expect(await ask(at(), 'describe', 'portico.test.Greeter.Count')).toContain(
      'returns ( stream .portico.test.Greeting )',
    )
  })

  it('is answered, and told why not', async () => {
    expect(JSON.parse(await ask('-d', '{"name":"Ada"}', at(), 'portico.test.Greeter/Greet'))).toEqual({
      text: 'Hello, Ada',
    })
    await expect(ask('-d', '{}', at(), 'portico.test.Greeter/Greet')).rejects.toThrow(/InvalidArgument.*who\?/s)
  })

  it("gets every message of the server's stream", async () => {
    const text = await ask('-d', '{"name":"n"}', at(), 'portico.test.Greeter/Count')
    expect(text.match(/n \d/g)).toEqual(['n 1', 'n 2', 'n 3'])
  })
})
