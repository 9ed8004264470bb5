import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { cloneEmpty } from '../empty-clone.ts'
import { runProgram } from '../run-program.ts'

/** The reference library's program reads no variables of the environment, so the test puts the values in. */
const withValues = (text: string, values: Readonly<Record<string, string | undefined>>) =>
  text.replace(/\$\{(\w+):\?[^}]*\}/g, (asked, name: string) => values[name] ?? asked)

it('is a Compose project with the values of an empty clone, and refused without them', async () => {
  const { root, remove } = await cloneEmpty()
  const file = join(root, 'docker-compose.yml')
  const judge = () => runProgram(process.env.PORTICO_COMPOSE_GO ?? '', [file], root)
  try {
    expect(await judge()).toMatchObject({ code: 1, output: expect.stringContaining('run npm run compose -- init') })
    await runProgram(process.execPath, [join(root, 'scripts/compose.ts'), 'init'], root)
    const values = parseEnv(readFileSync(join(root, '.portico/compose/.env'), 'utf8'))
    writeFileSync(file, withValues(readFileSync(file, 'utf8'), values))
    const judged = await judge()
    expect(judged, judged.output).toMatchObject({ code: 0 })
    const { services } = parse(judged.output)
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['kong', 'order', 'payment', 'mysql']))
  } finally {
    await remove()
  }
})
