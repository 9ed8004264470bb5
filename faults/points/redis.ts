import { createHash } from 'node:crypto'
import { type Command, Redis } from 'ioredis'
import type { Pass } from './passage.ts'
import type { Operation } from './steps.ts'

const commands: Readonly<Record<string, Operation>> = { xadd: 'bus.publish', xack: 'bus.ack' }
const scripts: Readonly<Record<string, Operation>> = {
  createPayment: 'payment.create',
  settlePayment: 'payment.settle',
  reserveRefund: 'refund.reserve',
  finishRefund: 'refund.finish',
  markPublished: 'outbox.mark',
}

type Send = (this: Redis, command: Command, ...rest: unknown[]) => unknown
type Define = (this: Redis, name: string, definition: { lua: string; numberOfKeys?: number }) => unknown

/** Publishing, acknowledging, and the scripts of payment-service. */
export function watchRedis(pass: Pass): void {
  const prototype = Redis.prototype as unknown as { sendCommand: Send; defineCommand: Define }
  const { sendCommand, defineCommand } = prototype
  const bySha = new Map<string, Operation>()
  prototype.defineCommand = function (name, definition) {
    const operation = scripts[name]
    if (operation) bySha.set(createHash('sha1').update(definition.lua).digest('hex'), operation)
    return defineCommand.call(this, name, definition)
  }
  prototype.sendCommand = function (command, ...rest) {
    const operation =
      command.name === 'evalsha' ? bySha.get(String(command.args[0])) : commands[command.name.toLowerCase()]
    if (operation === undefined) return sendCommand.call(this, command, ...rest)
    pass('before', operation)
    command.promise.then(
      () => pass('after', operation),
      () => undefined,
    )
    return sendCommand.call(this, command, ...rest)
  }
}
