// Fastify as a gateway: @fastify/jwt, @fastify/rate-limit, @fastify/http-proxy on undici.
import proxy from '@fastify/http-proxy'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { limit, port, secret, upstream } from './settings.mjs'

const app = Fastify({ logger: false })
await app.register(jwt, { secret, verify: { algorithms: ['HS256'] } })
app.addHook('onRequest', async (request) => {
  await request.jwtVerify()
})
await app.register(rateLimit, {
  global: true,
  hook: 'preHandler',
  max: limit,
  timeWindow: 60_000,
  keyGenerator: (request) => request.user.iss,
})
await app.register(proxy, {
  upstream,
  prefix: '/echo',
  rewritePrefix: '/echo',
  undici: { connections: 128, pipelining: 1, keepAliveTimeout: 60_000 },
})
await app.listen({ port, host: '127.0.0.1' })
