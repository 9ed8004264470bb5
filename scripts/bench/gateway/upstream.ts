import { createServer } from 'node:net'

// A cheap upstream on bare sockets, so that the gateway is what is measured: about 1 KiB of JSON for every GET.

const items = Array.from({ length: 9 }, (_, i) => ({
  sku: `SKU-${1000 + i}`,
  name: `Sample product number ${i}`,
  price: 1999 + i * 250,
  available: 40 + i,
  tags: ['sample', 'bench'],
}))
const body = JSON.stringify({ items })
const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n`
let answer: Buffer

function tellTime(): void {
  answer = Buffer.from(`${head}Date: ${new Date().toUTCString()}\r\nConnection: keep-alive\r\n\r\n${body}`, 'latin1')
}

tellTime()
setInterval(tellTime, 1000)

const server = createServer({ noDelay: true }, (socket) => {
  let rest = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    const heads = (rest + bytes.toString('latin1')).split('\r\n\r\n')
    rest = heads.pop() ?? ''
    for (const _ of heads) socket.write(answer)
  })
})
server.listen(Number(process.env.PORT), '127.0.0.1', 1024)
process.on('SIGTERM', () => process.exit(0))
