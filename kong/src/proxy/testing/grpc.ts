import grpc from '@grpc/grpc-js'

const bytes = (value: Buffer): Buffer => value
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
})

/** A service of all four kinds of call; messages are bytes as they are. */
export const testService = {
  unary: method('/test.Test/Unary', false, false),
  collect: method('/test.Test/Collect', true, false),
  count: method('/test.Test/Count', false, true),
  talk: method('/test.Test/Talk', true, true),
} as const

interface NotedCall extends Pick<grpc.ServerUnaryCall<Buffer, Buffer>, 'metadata' | 'getHost' | 'getDeadline'> {
  on(event: 'cancelled', listener: () => void): unknown
}

/** What the server saw of its calls. */
export interface SeenCall {
  readonly metadata: Record<string, unknown>
  readonly host: string
  readonly deadline: unknown
}

export interface TestGrpcServer {
  readonly port: number
  readonly calls: SeenCall[]
  /** How many calls were cancelled by their client. */
  cancelled: number
  close(): void
}

/**
 * A server of grpc-js: `Unary` answers the message with a trailer, `fail` with FAILED_PRECONDITION, `hang` never;
 * `Collect` answers how many bytes came; `Count` sends as many messages as it was asked for; `Talk` echoes each.
 */
export async function startGrpcServer(
  credentials = grpc.ServerCredentials.createInsecure(),
  wanted = 0,
): Promise<TestGrpcServer> {
  const limits = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 }
  const server = new grpc.Server(limits)
  const state: Omit<TestGrpcServer, 'close' | 'port'> = { calls: [], cancelled: 0 }
  const note = (call: NotedCall) => {
    state.calls.push({ metadata: call.metadata.getMap(), host: call.getHost(), deadline: call.getDeadline() })
    call.on('cancelled', () => {
      state.cancelled += 1
    })
  }
  server.addService(testService, {
    unary(call: grpc.ServerUnaryCall<Buffer, Buffer>, answer: grpc.sendUnaryData<Buffer>) {
      note(call)
      const text = call.request.length < 100 ? call.request.toString() : ''
      const trailer = new grpc.Metadata()
      trailer.set('x-trailer', 'after')
      trailer.set('bytes-bin', Buffer.from([0, 1, 255]))
      if (text === 'hang') return
      if (text === 'fail') {
        answer({ code: grpc.status.FAILED_PRECONDITION, details: 'not now – später', metadata: trailer })
        return
      }
      call.sendMetadata(new grpc.Metadata())
      answer(null, call.request, trailer)
    },
    collect(call: grpc.ServerReadableStream<Buffer, Buffer>, answer: grpc.sendUnaryData<Buffer>) {
      let size = 0
      call.on('data', (piece: Buffer) => {
        size += piece.length
      })
      call.on('end', () => answer(null, Buffer.from(String(size))))
    },
    async count(call: grpc.ServerWritableStream<Buffer, Buffer>) {
      call.on('cancelled', () => {
        state.cancelled += 1
      })
      const wanted = Number(call.request.toString())
      for (let i = 1; i <= wanted && !call.cancelled; i += 1) {
        if (!call.write(Buffer.from(String(i)))) await new Promise((resolve) => call.once('drain', resolve))
      }
      call.end()
    },
    talk(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      note(call)
      call.on('data', (piece: Buffer) => call.write(piece))
      call.on('end', () => call.end())
      call.on('error', () => undefined)
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${wanted}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return Object.assign(state, { port, close: () => server.forceShutdown() })
}

/** A client of grpc-js for the service. */
export class TestGrpcClient {
  readonly client: grpc.Client

  constructor(port: number, credentials = grpc.credentials.createInsecure(), options: grpc.ClientOptions = {}) {
    const limits = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 }
    this.client = new grpc.Client(`127.0.0.1:${port}`, credentials, { ...limits, ...options })
  }

  /** Calls `Unary`; rejects with the ServiceError of grpc-js. */
  unary(
    message: string | Buffer,
    { metadata = new grpc.Metadata(), deadline }: { metadata?: grpc.Metadata; deadline?: number } = {},
  ): Promise<{ answer: Buffer; status: grpc.StatusObject; head: grpc.Metadata | undefined }> {
    return new Promise((resolve, reject) => {
      let head: grpc.Metadata | undefined
      let answer: Buffer | undefined
      const { path, requestSerialize, responseDeserialize } = testService.unary
      const options = deadline === undefined ? {} : { deadline }
      const call = this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        Buffer.from(message),
        metadata,
        options,
        (error, value) => {
          if (error) reject(error)
          answer = value
        },
      )
      call.on('metadata', (received) => {
        head = received
      })
      call.on('status', (status) => {
        if (status.code === grpc.status.OK) resolve({ answer: answer ?? Buffer.alloc(0), status, head })
      })
    })
  }

  close(): void {
    this.client.close()
  }
}
