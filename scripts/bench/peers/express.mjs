// Express as a gateway: express-jwt, express-rate-limit, http-proxy-middleware with connections that are kept.
import http from 'node:http'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { rateLimit } from 'express-rate-limit'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { limit, port, secret, upstream } from './settings.mjs'

const app = express()
app.disable('x-powered-by')
app.use(expressjwt({ secret, algorithms: ['HS256'] }))
app.use(
  rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: true,
    legacyHeaders: false,
    keyGenerator: (request) => request.auth.iss,
  }),
)
app.use(
  createProxyMiddleware({
    target: upstream,
    pathFilter: '/echo',
    changeOrigin: false,
    agent: new http.Agent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 128 }),
  }),
)
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ message: error.message })
})
app.listen(port, '127.0.0.1')
