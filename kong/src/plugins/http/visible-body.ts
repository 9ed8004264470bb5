import type { Exchange } from '../../exchange.ts'

/**
 * What nginx keeps of a body in memory by Kong's `client_body_buffer_size` of 8k: a body whose length is known may be a
 * quarter longer. Bytes.
 */
const CHUNKED = 8192
const DECLARED = 10_240

/**
 * The body as Kong's plugins see it: undefined where it is too long for the buffer, and lies in a file that they do not
 * read. It is sent on all the same. What a plugin has put in its place can always be seen.
 */
export async function visibleBody({ request, upstream, worker }: Exchange): Promise<Buffer | undefined> {
  if (upstream.body) return upstream.body
  const limit = request.headers.has('content-length') ? DECLARED : CHUNKED
  try {
    return await request.body(limit)
  } catch (error) {
    if (!(error instanceof Error && error.name === 'BodyTooLarge')) throw error
    worker.log.warn('a plugin can not see a body that is longer than the buffer for bodies', { limit })
    return undefined
  }
}
