import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchFiles } from './watch.ts'

describe('watching a file', () => {
  let folder: string
  let file: string
  let stop: () => void
  const onChange = vi.fn()

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portico-watch-'))
    file = join(folder, 'kong.yml')
    await writeFile(file, 'one')
    onChange.mockReset()
  })

  afterEach(async () => {
    stop()
    await rm(folder, { recursive: true })
  })

  const changed = (times: number) =>
    vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(times), { timeout: 1000, interval: 10 })

  it('tells of a file that is written', async () => {
    stop = watchFiles({ files: [file], onChange })
    await writeFile(file, 'two and more')
    await changed(1)
  })

  it('tells of a file that another is renamed to, again and again', async () => {
    stop = watchFiles({ files: [file], onChange })
    for (const times of [1, 2]) {
      await writeFile(join(folder, 'draft'), `text ${times}`)
      await rename(join(folder, 'draft'), file)
      await changed(times)
    }
  })

  it('survives a link to itself in the place of the file', async () => {
    stop = watchFiles({ files: [file], onChange, pollMs: 10 })
    await rm(file)
    await symlink(file, file)
    await rm(file)
    await writeFile(file, 'a file again')
    await changed(1)
  })

  it('notices by looking, where the system tells nothing', async () => {
    stop = watchFiles({ files: [file], onChange, quietMs: 60_000, pollMs: 30 })
    await writeFile(file, 'three, longer')
    await changed(1)
  })
})
