// Run as the user that the server will have, in place of `kind.prepare` by root: see datastore-folder.ts.
import { json } from 'node:stream/consumers'
import type { Place, ServerProgram } from '../datastores/datastore.ts'
import { type DatastoreName, kinds } from './datastore-specs.ts'

try {
  const asked = (await json(process.stdin)) as {
    readonly name: DatastoreName
    readonly program: ServerProgram
    readonly place: Place
  }
  await kinds[asked.name].prepare(asked.program, asked.place)
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
