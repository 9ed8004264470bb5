import { type Command, Redis } from 'ioredis'

/** Test only: every fifth event that order-service publishes is of a type that nobody hears. */
if (process.env.PORTICO_FAULTS_PROCESS === 'order') {
  const prototype = Redis.prototype as unknown as { sendCommand(command: Command, ...rest: unknown[]): unknown }
  const { sendCommand } = prototype
  let published = 0
  prototype.sendCommand = function (command, ...rest) {
    if (command.name === 'xadd' && ++published % 5 === 0) {
      const text = String(command.args.at(-1))
      command.args[command.args.length - 1] = JSON.stringify({ ...(JSON.parse(text) as object), type: 'unheard' })
    }
    return sendCommand.call(this, command, ...rest)
  }
}
