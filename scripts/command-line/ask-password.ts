import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UserError } from './user-error.ts'

/** Asks for a password at the terminal without showing what is typed.
 *  @throws UserError where there is no terminal, saying what to do instead. */
export async function askPassword(question: string, variable: string): Promise<string> {
  if (!process.stdin.isTTY) throw new UserError(`There is no terminal to ask for the password. Give it in ${variable}.`)
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true })
  process.stderr.write(question)
  try {
    const abort = new AbortController()
    terminal.once('SIGINT', () => abort.abort())
    return await terminal.question('', { signal: abort.signal })
  } catch {
    throw new UserError('No password was given.')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
