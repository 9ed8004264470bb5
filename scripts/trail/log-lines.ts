import { createReadStream, existsSync } from 'node:fs'

/** Characters of a line; what is longer is no line of ours, and skipped. */
const LONGEST = 1_000_000

/** The lines of a log, first those that were put aside when it grew too long. Only a piece of it is in memory at once. */
export async function* readLog(path: string): AsyncGenerator<string> {
  for (const file of [`${path}.1`, path].filter((each) => existsSync(each))) yield* readLines(file)
}

async function* readLines(file: string): AsyncGenerator<string> {
  let rest = ''
  let tooLong = false
  for await (const chunk of createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!tooLong) yield line
      tooLong = false
    }
    if (rest.length > LONGEST) {
      rest = ''
      tooLong = true
    }
  }
  if (rest !== '' && !tooLong) yield rest
}
