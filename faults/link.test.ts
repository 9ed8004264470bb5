import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Link, openLink } from './link.ts'

let link: Link
let end: () => Promise<void>

/** A server that says everything again, behind a link. */
beforeEach(async () => {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  link = await openLink('client>echo', (server.address() as AddressInfo).port)
  end = async () => {
    await link.close()
    server.close()
  }
})

afterEach(() => end())

function open(): Socket {
  const socket = connect(link.port, '127.0.0.1')
  socket.setEncoding('utf8')
  socket.on('error', () => undefined)
  return socket
}

async function read(socket: Socket, length: number): Promise<string> {
  let text = ''
  while (text.length < length) text += (await once(socket, 'data'))[0]
  return text
}

it('lets everything through, and its end', async () => {
  const socket = open()
  socket.write('hello')
  expect(await read(socket, 5)).toBe('hello')
  socket.end('bye')
  expect(await read(socket, 3)).toBe('bye')
  await once(socket, 'end')
})

it('keeps the order of what it delays', async () => {
  link.delay(30)
  const socket = open()
  for (const letter of 'abc') socket.write(letter)
  link.mend()
  socket.write('d')
  expect(await read(socket, 4)).toBe('abcd')
  socket.destroy()
})

it('breaks what is open when it is cut, and lets new connections through', async () => {
  const socket = open()
  socket.write('hello')
  await read(socket, 5)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  link.cut()
  await closed
  const next = open()
  next.write('again')
  expect(await read(next, 5)).toBe('again')
  next.destroy()
})

it('holds back what it swallows until it is mended', async () => {
  const socket = open()
  socket.write('a')
  await read(socket, 1)
  link.swallow()
  let heard = ''
  socket.on('data', (piece) => {
    heard += piece
  })
  socket.write('b')
  // Another connection made meanwhile is swallowed too, so nothing shows that time has passed but time itself.
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(heard).toBe('')
  const came = once(socket, 'data')
  link.mend()
  await came
  expect(heard).toBe('b')
  socket.destroy()
})
