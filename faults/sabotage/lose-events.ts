import { type Command, Redis } from 'ioredis'

/** Test only: every fifth event that order-service publishes goes where nobody hears it. */
if (process.env.PORTICO_FAULTS_PROCESS === 'order') {
  const prototype = Redis.prototype as unknown as { sendCommand(command: Command, ...rest: unknown[]): unknown }
  const { sendCommand } = prototype
  let published = 0
  prototype.sendCommand = function (command, ...rest) {
    if (command.name === 'xadd' && ++published % 5 === 0) command.args[0] = 'nowhere'
    return sendCommand.call(this, command, ...rest)
  }
}
