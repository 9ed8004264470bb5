import { readFileSync, writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { filesUnder } from './sources.ts'

const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt'])
/** Below this many bytes an answer fits into one packet anyway. */
const SMALLEST = 1024

/** Puts `FILE.br` and `FILE.gz` beside each text file of a folder, once, as small as they get. */
export async function compressFiles(folder: string): Promise<void> {
  const files = filesUnder(folder).filter((file) => compressible.has(extname(file)))
  await Promise.all(files.map(compress))
}

async function compress(file: string): Promise<void> {
  const content = readFileSync(file)
  if (content.length < SMALLEST) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  writeFileSync(`${file}.br`, await promisify(brotliCompress)(content, { params }))
  writeFileSync(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
}
