import { createInterface } from 'node:readline/promises'
import { UserError } from './user-error.ts'

/** Asks at the terminal whether to go on.
 *  @throws UserError where there is no terminal, naming the command that says yes without being asked. */
export async function confirm(question: string, withoutAsking: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError(`${question}\nTo say yes without being asked: ${withoutAsking}`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`${question} (yes/no) `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
