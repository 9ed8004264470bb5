import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Registry } from '../config/entities/entity-schema.ts'
import { type LoadOptions, type LoadResult, loadConfiguration } from '../config/load.ts'
import { refuseText } from '../config/refusal.ts'
import { isLarge } from './document-size.ts'
import { type Portable, unpack } from './portable.ts'

/** What the thread is told. */
export interface LoadTask {
  readonly text: string | object
  readonly options: Omit<LoadOptions, 'registry' | 'now'>
}

/** The thread ends after so many milliseconds without work. */
const idleLimit = 30_000

/**
 * Reads configurations one after the other: small ones at once, large ones in a thread, since reading ten thousand
 * routes takes seconds in which no request could be served.
 */
export class ConfigurationLoader {
  readonly #registry: Registry
  readonly #plugins: readonly string[]
  #thread: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** @param plugins the setting by which the thread finds the same plugins as `registry` has. */
  constructor(registry: Registry, plugins: readonly string[]) {
    this.#registry = registry
    this.#plugins = plugins
  }

  /**
   * Reads a configuration after those that were asked for before, and hands the result to `use`, so that what was
   * asked for last is in force last. Answers what `use` makes of the result.
   */
  load(task: LoadTask, use: (result: LoadResult) => LoadResult): Promise<LoadResult> {
    const loading = this.#last.then(async () => {
      return use(isLarge(task.text) ? await this.#loadAside(task) : this.#loadHere(task))
    })
    this.#last = loading.catch(() => undefined)
    return loading
  }

  close(): void {
    clearTimeout(this.#idle)
    void this.#thread?.terminate()
    this.#thread = undefined
  }

  #loadHere({ text, options }: LoadTask): LoadResult {
    return loadConfiguration(text, { ...options, registry: this.#registry })
  }

  async #loadAside(task: LoadTask): Promise<LoadResult> {
    clearTimeout(this.#idle)
    this.#thread ??= this.#start()
    const thread = this.#thread
    // Before the gateway listens, nothing else keeps the process.
    thread.ref()
    try {
      thread.postMessage(task)
      const [portable] = (await once(thread, 'message')) as [Portable]
      return unpack(portable, this.#registry)
    } catch (error) {
      // Such as too little memory for it: the gateway itself must live.
      this.close()
      const message = `could not be read: ${error instanceof Error ? error.message : String(error)}`
      return refuseText({ line: undefined, column: undefined, path: '', message })
    } finally {
      thread.unref()
      this.#idle = setTimeout(() => this.close(), idleLimit)
      this.#idle.unref()
    }
  }

  #start(): Worker {
    return new Worker(new URL('loader-thread.ts', import.meta.url), { workerData: this.#plugins, execArgv: [] })
  }
}
